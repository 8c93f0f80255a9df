"""Keeping the rows by which images are found true to what stands, whatever comes between."""

from collections.abc import Iterable, Sequence
from typing import Any

from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry, Key
from recognition.results.runtime.history import History
from recognition.results.runtime.recognitions import Recognitions
from wire.aws import rows
from wire.aws.rows import Item


class Indexing:
    """Writes rows of the tables `index` and `answers`; a repeat writes the same ones."""

    def __init__(
        self, dynamodb: Any, index_table: str, answers_table: str, recognitions: Recognitions, history: History
    ) -> None:
        self._dynamodb, self._index, self._answers = dynamodb, index_table, answers_table
        self._recognitions, self._history = recognitions, history

    def settle(self, entries: Sequence[Entry], learned: Sequence[Item] = ()) -> set[Key]:
        """Let entries that stand be found, and no longer by what they replaced; keep what was `learned` from them.

        One that was replaced or erased meanwhile, between its own row and these, is taken back: whoever did so may
        not have seen them. Answers the keys of those that were erased.
        """
        if not entries:
            return set()
        remembered = [rows.put(self._answers, row) for row in learned]
        found = [rows.put(self._index, row) for entry in entries for row in index_rows.rows(entry)]
        gone = [key for entry in entries if entry.earlier for key in self._replaced(entry)]
        rows.write(self._dynamodb, [*remembered, *found, *self._deletes(gone)])
        orders = self._recognitions.orders(entries)
        overtaken = [entry for entry in entries if orders.get(entry.key) != entry.order]
        return self._take_back(overtaken, learned) if overtaken else set()

    def _replaced(self, entry: Entry) -> list[Item]:
        """The keys by which answers before this one were found, and it is not."""
        found = {
            key["found_by"]["S"]: key for old in self._history.newest(entry) for key in index_rows.keys(old, but=entry)
        }
        return list(found.values())

    def _take_back(self, entries: Sequence[Entry], learned: Sequence[Item]) -> set[Key]:
        standing = self._recognitions.of(entry.image for entry in entries)
        keys = [key for entry in entries for key in index_rows.keys(entry, but=standing.get(entry.key))]
        erased = {entry.key for entry in entries if not standing.get(entry.key)}
        ids = {image_id for _, image_id in erased}
        forgotten = [row for row in learned if row["image_id"]["S"] in ids]
        places = [{name: row[name] for name in ("about", "answer")} for row in forgotten]
        deletes = [rows.delete(self._answers, place) for place in places]
        rows.write(self._dynamodb, [*self._deletes(keys), *deletes])
        return erased | self.settle([newer for entry in entries if (newer := standing.get(entry.key))])

    def _deletes(self, keys: Iterable[Item]) -> list[rows.Write]:
        return [rows.delete(self._index, key) for key in keys]
