"""The rows of an image besides its own: index rows, earlier entries, and cached results for its bytes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.result_cache import content_key
from wire.aws import rows
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class ImageRows:
    """The tables `index` and `answers`."""

    def __init__(self, dynamodb: "DynamoDBClient", *, index: str, answers: str) -> None:
        self._dynamodb, self._index, self._answers = dynamodb, index, answers

    def earlier(self, key: ImageKey) -> list[Entry]:
        """Return every earlier entry of an image."""
        return [Entry.from_item(row) for row in self._partition(key.about)]

    def remove_index(self, entries: Sequence[Entry]) -> list[str]:
        """Delete the index rows of these entries; return their partitions without the owner."""
        keys = list({key["found_by"]["S"]: key for entry in entries for key in index_rows.keys(entry)}.values())
        found = rows.read(self._dynamodb, {self._index: keys}, consistent={self._index})[self._index]
        rows.write(self._dynamodb, [rows.delete(self._index, key) for key in keys])
        return sorted(row["found_by"]["S"].removeprefix(f"{row['owner']['S']}/") for row in found)

    def remove_earlier(self, key: ImageKey) -> list[str]:
        """Delete the earlier entries; return the time and the event ID of each."""
        removed = self._remove_answers(self._partition(key.about))
        return [key["answer"]["S"] for key in removed]

    def remove_cached(self, entries: Sequence[Entry]) -> list[str]:
        """Delete the rows of the result cache that point to this image; return their keys."""
        partitions = sorted({content_key(entry.image) for entry in entries if entry.image.content})
        image_ids = {entry.image.image_id for entry in entries}
        found = [row for partition in partitions for row in self._partition(partition)]
        removed = self._remove_answers(row for row in found if row["image_id"]["S"] in image_ids)
        return [f"{_content(key)}/{key['answer']['S']}" for key in removed]

    def _partition(self, about: str) -> Iterator[Item]:
        return rows.query(
            self._dynamodb,
            TableName=self._answers,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": about}},
            ConsistentRead=True,
        )

    def _remove_answers(self, items: Iterable[Item]) -> list[Item]:
        keys = [{name: item[name] for name in ("about", "answer")} for item in items]
        rows.write(self._dynamodb, [rows.delete(self._answers, key) for key in keys])
        return keys


def _content(key: Item) -> str:
    """Return the ETag and size from the key of a cached result."""
    return str(key["about"]["S"].rsplit("/", 1)[1])
