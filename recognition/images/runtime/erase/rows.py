"""What tables hold of one image besides its own row: what finds it, its earlier answers, answers kept for its bytes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.result_cache import about
from wire.aws import rows
from wire.aws.rows import Item


class ImageRows:
    """The rows, in two tables."""

    def __init__(self, dynamodb: Any, *, index: str, answers: str) -> None:
        self._dynamodb, self._index, self._answers = dynamodb, index, answers

    def earlier(self, owner: str, image_id: str) -> list[Entry]:
        """Every answer before the one that stands."""
        return [Entry.from_item(item) for item in self._about(f"{owner}/{image_id}")]

    def remove_index(self, entries: Sequence[Entry]) -> list[str]:
        """Remove the rows by which these entries are found; answers by what."""
        keys = list({each["found_by"]["S"]: each for entry in entries for each in index_rows.keys(entry)}.values())
        found = rows.read(self._dynamodb, {self._index: keys}, consistent={self._index})[self._index]
        rows.write(self._dynamodb, [rows.delete(self._index, key) for key in keys])
        return sorted(row["found_by"]["S"].split("/", 1)[1] for row in found)

    def remove_earlier(self, owner: str, image_id: str) -> list[str]:
        """Remove the answers before; answers when each was given, and its event's id."""
        removed = self._remove_answers(self._about(f"{owner}/{image_id}"))
        return [key["answer"]["S"] for key in removed]

    def remove_contents(self, entries: Sequence[Entry]) -> list[str]:
        """Remove what was kept to answer for the same bytes again, where it was first said of this image."""
        abouts = sorted({about(entry.image) for entry in entries if entry.image.content})
        image_ids = {entry.image.image_id for entry in entries}
        items = [item for each in abouts for item in self._about(each) if item["image_id"]["S"] in image_ids]
        return [f"{_content(key)}/{key['answer']['S']}" for key in self._remove_answers(items)]

    def _about(self, what: str) -> Iterator[Item]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._answers,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": what}},
            ConsistentRead=True,
        )
        return (item for page in pages for item in page["Items"])

    def _remove_answers(self, items: Iterable[Mapping[str, Any]]) -> list[Item]:
        keys = [{name: item[name] for name in ("about", "answer")} for item in items]
        rows.write(self._dynamodb, [rows.delete(self._answers, key) for key in keys])
        return keys


def _content(key: Item) -> str:
    """ETag and size, out of the key of an answer about them."""
    return str(key["about"]["S"].rsplit("/", 1)[1])
