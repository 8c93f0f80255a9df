"""The protocol of an export file in the making."""

from collections.abc import Mapping
from typing import Any, Protocol

from recognition.results.runtime.entry import Entry

ImageBody = Mapping[str, Any]
"""An image in the JSON form that callers see, with the detections that the query asks for."""


class ExportFile(Protocol):
    """A file that images are added to. `images` counts the images it contains, `left_out` those it cannot show."""

    suffix: str
    content_type: str
    images: int
    left_out: int

    @property
    def characters(self) -> int:
        """The length of the file so far, exact or nearly so."""

    def add(self, entry: Entry, body: ImageBody) -> None:
        """Add one image of any status."""

    def text(self) -> str:
        """Return the whole file."""
