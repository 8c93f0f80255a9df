"""An export as CSV (RFC 4180): one row per detection, and one row for an image without detections."""

import csv
import io
import re

from recognition.images.runtime.export.formats.export_file import DetectionBody, ImageBody
from recognition.results.runtime.entry import Entry

COLUMNS = (
    "image_id", "name", "status", "received_at", "answered_at", "bytes", "detector", "asked", "model", "model_version",
    "label", "confidence", "left", "top", "width", "height", "rejection", "corrected_labels",
)  # fmt: skip

_SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫"
"""First characters of a formula, wide and small ones too: https://owasp.org/www-community/attacks/CSV_Injection."""
_SEPARATORS = r",;\t\n\v\f\r\x85\u2028\u2029"
"""Characters after which another cell begins for some spreadsheet, whatever the quotes around them."""
_BLANKS = r'[\s"\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*'
"""Characters that a spreadsheet may leave out at the beginning of a cell."""
_FORMULA = re.compile(rf"{_BLANKS}[{_SIGNS}]|[\t\r\n]")
_INNER_FORMULA = re.compile(f"([{_SEPARATORS}]{_BLANKS})(?=[{_SIGNS}])")
_BYTE_ORDER_MARK = "\ufeff"
"""By this Excel recognizes UTF-8."""


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
        """Return header and rows, after a byte order mark."""
        return _BYTE_ORDER_MARK + self._file.getvalue()


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
    """Return the value; in a text, an apostrophe precedes what a spreadsheet may take for the start of a formula."""
    if not isinstance(value, str):
        return value
    text = _INNER_FORMULA.sub(r"\1'", value)
    return f"'{text}" if _FORMULA.match(text) else text
