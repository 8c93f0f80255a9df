"""An export as JSON: a list of images, each in the form of GET /images/{image_id}, with outlines and masks."""

import json

from recognition.images.runtime.export.formats.export_file import ImageBody
from recognition.results.runtime.entry import Entry


class JsonFile:
    """See `ExportFile`."""

    suffix, content_type = "json", "application/json"

    def __init__(self) -> None:
        self.images = self.left_out = self.characters = 0
        self._lines: list[str] = []

    def add(self, entry: Entry, body: ImageBody) -> None:
        """Add one line for the image."""
        corrections = {"corrections": list(map(dict, entry.corrections))} if entry.corrections else {}
        line = json.dumps(dict(body) | corrections, ensure_ascii=False, separators=(",", ":"))
        self._lines.append(line)
        self.images += 1
        self.characters += len(line)

    def text(self) -> str:
        """Return the list."""
        return "[\n" + ",\n".join(self._lines) + "\n]\n"
