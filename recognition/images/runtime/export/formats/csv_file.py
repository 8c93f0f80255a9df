"""An export as CSV (RFC 4180): one row per detection, and one row for an image without detections."""

import csv
import io

from recognition.images.runtime.export.formats.export_file import DetectionBody, ImageBody
from recognition.results.runtime.entry import Entry

COLUMNS = (
    "image_id", "name", "status", "received_at", "answered_at", "bytes", "detector", "asked", "model", "model_version",
    "label", "confidence", "left", "top", "width", "height", "rejection", "corrected_labels",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters of a cell that a spreadsheet would calculate: https://owasp.org/www-community/attacks/CSV_Injection."""


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
        """The length of the file so far."""
        return self._file.tell()

    def add(self, entry: Entry, body: ImageBody) -> None:
        """Add one row per detection, at least one for the image."""
        columns = _image_columns(entry, body)
        detections: list[DetectionBody] = body["recognition"]["detections"] if "recognition" in body else []
        for detection in detections or [{}]:
            row = columns | dict(detection) | detection.get("box", {})
            self._rows.writerow({name: _cell(value) for name, value in row.items()})
        self.images += 1

    def text(self) -> str:
        """Return header and rows."""
        return self._file.getvalue()


def _image_columns(entry: Entry, body: ImageBody) -> dict[str, object]:
    recognition = body.get("recognition", {})
    model = recognition.get("model", {})
    return {
        **body,
        "answered_at": entry.at,
        "detector": recognition.get("detector", ""),
        "asked": recognition.get("asked", ""),
        "model": model.get("name", ""),
        "model_version": model.get("version", ""),
        "rejection": body.get("rejection", {}).get("code", ""),
        "corrected_labels": "; ".join(entry.corrections[-1]["labels"]) if entry.corrections else "",
    }


def _cell(value: object) -> object:
    """Return the value; a text that would be a formula, with or without leading blanks, begins with an apostrophe."""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA) else value
