"""The keys of an image's rows: the one place that says in which partition an owner's rows are.

An owner's rows are spread over shards (`wire.aws.shards`). An image stays in the partition in which it was stored, also
after `shards` was raised: its entry knows that `place`, and its index rows are in partitions that begin with it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from domain.image import Image
from wire.aws.rows import Item
from wire.aws.shards import partition, places

Row = Mapping[str, Mapping[str, Any]]
"""A row as DynamoDB returns it: its attributes by name, each as `{type: value}`."""


class ImageKey(NamedTuple):
    """The key of an image's row: owner and image ID."""

    owner: str
    image_id: str

    @classmethod
    def of(cls, image: Image) -> Self:
        """Return the key of this image."""
        return cls(image.owner, image.image_id)

    @classmethod
    def of_row(cls, row: Row) -> Self:
        """Read the key of a row of the recognitions table; the inverse of `to_item`. No owner has a slash."""
        return cls(row["owner"]["S"].partition("/")[0], row["image_id"]["S"])

    def to_item(self) -> Item:
        """Return the DynamoDB key of a new row in the recognitions table."""
        return self.in_place(partition(self.owner, self.image_id))

    def items(self) -> list[Item]:
        """Return the DynamoDB keys that the image's row may have, the one of a new row first."""
        return [self.in_place(place) for place in places(self.owner, self.image_id)]

    def in_place(self, place: str) -> Item:
        """Return the DynamoDB key in this partition."""
        return {"owner": {"S": place}, "image_id": {"S": self.image_id}}

    @property
    def about(self) -> str:
        """The partition of the image's earlier entries in the answers table."""
        return f"{self.owner}/{self.image_id}"
