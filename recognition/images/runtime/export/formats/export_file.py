"""The protocol of export files."""

from collections.abc import Mapping
from typing import Any, Protocol

from recognition.results.runtime.entry import Entry

ImageBody = Mapping[str, Any]
"""An image in the JSON form that callers see, with the detections that the query asks for."""

DetectionBody = Mapping[str, Any]
"""A detection in the JSON form that callers see."""


class ExportFile(Protocol):
    """A file that images are added to. `images` counts its images, `left_out` those that the format cannot show."""

    suffix: str
    content_type: str
    images: int
    left_out: int

    @property
    def characters(self) -> int:
        """The length of the file so far, exact or nearly exact."""

    def add(self, entry: Entry, body: ImageBody) -> None:
        """Add one image of any status."""

    def text(self) -> str:
        """Return the whole file."""
