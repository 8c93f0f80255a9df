"""An export as JSON: a list of images as a caller sees each alone, outlines and masks included."""

import json

from recognition.images.runtime.export.formats.export_file import Shown
from recognition.results.runtime.entry import Entry


class JsonFile:
    """See `ExportFile`."""

    suffix, content_type = "json", "application/json"

    def __init__(self) -> None:
        self.images = self.left_out = self.characters = 0
        self._written: list[str] = []

    def add(self, entry: Entry, shown: Shown) -> None:
        """One line for each image."""
        corrections = {"corrections": [dict(each) for each in entry.corrections]} if entry.corrections else {}
        written = json.dumps(dict(shown) | corrections, ensure_ascii=False, separators=(",", ":"))
        self._written.append(written)
        self.images += 1
        self.characters += len(written)

    def text(self) -> str:
        """The list."""
        return "[\n" + ",\n".join(self._written) + "\n]\n"
