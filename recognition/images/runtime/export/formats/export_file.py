"""An export in the making."""

from collections.abc import Mapping
from typing import Any, Protocol

from recognition.results.runtime.entry import Entry

Shown = Mapping[str, Any]
"""An image in the JSON form that callers see, its detections those asked for."""


class ExportFile(Protocol):
    """Takes images one by one, and says how many `images` it holds and how many it cannot show."""

    suffix: str
    content_type: str
    images: int
    left_out: int

    @property
    def characters(self) -> int:
        """How long it has become, or nearly."""

    def add(self, entry: Entry, shown: Shown) -> None:
        """Write one image of whatever status."""

    def text(self) -> str:
        """The whole file."""
