"""The keys of an image's rows: the one place that says in which partition an owner's rows are."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from domain.image import Image
from wire.aws.rows import Item

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
        """Read the key of a row of the recognitions table; the inverse of `to_item`."""
        return cls(row["owner"]["S"], row["image_id"]["S"])

    def to_item(self) -> Item:
        """Return the DynamoDB key in the recognitions table."""
        return {"owner": {"S": owner_partition(self.owner)}, "image_id": {"S": self.image_id}}

    @property
    def about(self) -> str:
        """The partition of the image's earlier entries in the answers table."""
        return f"{owner_partition(self.owner)}/{self.image_id}"


def owner_partition(owner: str) -> str:
    """Return the partition of an owner's rows in the recognitions table; the partitions of other tables begin with it.

    The owner is all of it.
    """
    return owner
