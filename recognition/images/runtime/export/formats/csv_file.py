"""An export as CSV (RFC 4180): a row for each thing seen, and one for an image on which nothing was."""

import csv
import io

from recognition.images.runtime.export.formats.export_file import Shown
from recognition.results.runtime.entry import Entry

COLUMNS = (
    "image_id", "name", "status", "received_at", "answered_at", "bytes", "detector", "asked", "model", "model_version",
    "label", "confidence", "left", "top", "width", "height", "rejection", "corrected_labels",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would calculate: https://owasp.org/www-community/attacks/CSV_Injection."""


class CsvFile:
    """See `ExportFile`."""

    suffix, content_type = "csv", "text/csv; charset=utf-8"

    def __init__(self) -> None:
        self.images = self.left_out = 0
        self._file = io.StringIO(newline="")
        self._rows = csv.DictWriter(self._file, COLUMNS, restval="", extrasaction="ignore")
        self._rows.writeheader()

    @property
    def characters(self) -> int:
        """How long it has become."""
        return self._file.tell()

    def add(self, entry: Entry, shown: Shown) -> None:
        """One row for each detection, at least one for each image."""
        image = _image(entry, shown)
        detections: list[Shown] = shown["recognition"]["detections"] if "recognition" in shown else []
        for seen in detections or [{}]:
            row = image | dict(seen) | seen.get("box", {})
            self._rows.writerow({name: _cell(value) for name, value in row.items()})
        self.images += 1

    def text(self) -> str:
        """Header and rows."""
        return self._file.getvalue()


def _image(entry: Entry, shown: Shown) -> dict[str, object]:
    said = shown.get("recognition", {})
    model = said.get("model", {})
    return {
        **shown,
        "answered_at": entry.at,
        "detector": said.get("detector", ""),
        "asked": said.get("asked", ""),
        "model": model.get("name", ""),
        "model_version": model.get("version", ""),
        "rejection": shown.get("rejection", {}).get("code", ""),
        "corrected_labels": "; ".join(entry.corrections[-1]["labels"]) if entry.corrections else "",
    }


def _cell(value: object) -> object:
    """The value; a text with an apostrophe before it where it would be a formula, blanks before it or not."""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA) else value
