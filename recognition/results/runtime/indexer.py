"""The indexer: keeps the index rows of images consistent with their current entries."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.history import History
from recognition.results.runtime.index_rows import IndexTable
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.recognitions import Recognitions
from wire.aws import rows
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

logger = Logger(child=True)


class Indexer:
    """Writes rows of the index table and of the answers table. A repeated call writes the same rows."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        index: IndexTable,
        answers_table: str,
        recognitions: Recognitions,
        history: History,
    ) -> None:
        self._dynamodb, self._index, self._answers = dynamodb, index.name, answers_table
        self._by_detector = index.by_detector
        self._recognitions, self._history = recognitions, history

    def reindex(self, entries: Sequence[Entry], cache_rows: Sequence[Item] = ()) -> set[ImageKey]:
        """Write the index rows of current entries, delete those of replaced ones, and store `cache_rows`.

        Returns the keys of images that were erased meanwhile. A row that DynamoDB refuses is logged and left out.
        """
        if not entries:
            return set()
        cached = [rows.put(self._answers, row) for row in cache_rows]
        indexed = [rows.put(self._index, row) for entry in entries for row in self._rows(entry)]
        stale = [key for entry in entries if entry.earlier for key in self._stale_keys(entry)]
        refused: list[rows.Write] = []
        rows.write(self._dynamodb, [*cached, *indexed, *self._deletes(stale)], refused=refused)
        for table, _ in refused:
            logger.error("row refused", extra={"table": table})
        # Race: between the write of an entry and the write of its index rows above, another worker may replace the
        # entry, or the owner may erase the image; neither can delete rows that do not exist yet. So read the current
        # orders after the write, and undo the rows of overtaken entries: the last writer reads last and cleans up.
        orders = self._recognitions.current_orders(entries)
        overtaken = [entry for entry in entries if orders.get(entry.key) != entry.order]
        return self._undo(overtaken, cache_rows) if overtaken else set()

    def _stale_keys(self, entry: Entry) -> list[Item]:
        """Return the index keys of earlier entries that the current entry does not have."""
        keys = {
            key["found_by"]["S"]: key
            for earlier in self._history.newest(entry)
            for key in index_rows.keys(earlier, without=self._partitions(entry))
        }
        return list(keys.values())

    def _undo(self, overtaken: Sequence[Entry], cache_rows: Sequence[Item]) -> set[ImageKey]:
        current = self._recognitions.current(entry.image for entry in overtaken)
        kept = {key: self._partitions(newer) for key, newer in current.items() if newer}
        stale = [key for entry in overtaken for key in index_rows.keys(entry, without=kept.get(entry.key, ()))]
        erased = {entry.key for entry in overtaken if not current.get(entry.key)}
        image_ids = {key.image_id for key in erased}
        cached = [row for row in cache_rows if row["image_id"]["S"] in image_ids]
        cache_keys = [{name: row[name] for name in ("about", "answer")} for row in cached]
        cache_deletes = [rows.delete(self._answers, key) for key in cache_keys]
        rows.write(self._dynamodb, [*self._deletes(stale), *cache_deletes])
        return erased | self.reindex([newer for entry in overtaken if (newer := current.get(entry.key))])

    def _rows(self, entry: Entry) -> list[Item]:
        return index_rows.rows(entry, detector=self._by_detector)

    def _partitions(self, entry: Entry) -> list[str]:
        return index_rows.partitions(entry, detector=self._by_detector)

    def _deletes(self, keys: Iterable[Item]) -> list[rows.Write]:
        return [rows.delete(self._index, key) for key in keys]
