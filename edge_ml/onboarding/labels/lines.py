"""Labels in plain text: one per line, numbered lines, tables, and the text formats of TensorFlow and Edge Impulse."""

import csv
import re
from collections.abc import Sequence

from edge_ml.onboarding.labels.label_list import PLACEHOLDERS, LabelsError, Names, by_id, by_index
from edge_ml.onboarding.labels.objects import without_wordnet_ids

_NUMBERED = re.compile(r"([0-9]{1,6})(?:\s*[:=,;|]\s*|\s+)(\S.*)")
_ITEM = re.compile(r"\bitem\s*\{(.*?)\}", re.DOTALL)
_ITEM_FIELD = r"\b{}\s*:\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([0-9]+))"
_CATEGORIES = re.compile(r"\bei_classifier_inferencing_categories\w*\s*\[[^\]]*\]\s*=\s*\{(.*?)\}", re.DOTALL)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NAME_COLUMNS = (
    "display_name", "label", "labels", "class_name", "class", "classes", "category", "species", "common_name", "name",
)  # fmt: skip
_INDEX_COLUMNS = ("index", "id", "class_id", "label_id", "category_id", "class_index", "idx", "")
_FILE_COLUMNS = ("filename", "file", "image", "image_id", "path", "image_path")
_NUMBERS = re.compile(r"-?[0-9.]+(?:[eE][-+]?[0-9]+)?(?:\s+-?[0-9.]+(?:[eE][-+]?[0-9]+)?){4,}")


def readings_of_text(text: str) -> list[Names]:
    """Return the readings of plain text, the most likely first; raises LabelsError."""
    if "ei_classifier_inferencing_categories" in text:
        return [_impulse_categories(text)]
    if _ITEM.search(text):
        return by_id(_items(text))
    lines = [line.strip() for line in text.strip().splitlines()]
    _check_lines([line for line in lines if line])
    paragraph = lines[: lines.index("")] if "" in lines else lines
    everything = [line for line in lines if line]
    if numbered := _numbered(paragraph):
        return numbered
    readings = [tuple(without_wordnet_ids(paragraph))]
    if len(everything) > len(paragraph):
        readings.append(tuple(everything))
    if paragraph and paragraph[0] in PLACEHOLDERS:  # TensorFlow Lite puts it in the background's place
        readings.append(tuple(paragraph[1:]))
    return readings


def is_table(text: str) -> bool:
    """Return whether the text begins with a line of column names."""
    header = _columns(text.partition("\n")[0])
    return len(header) > 1 and (_column(header, _NAME_COLUMNS) is not None or header[0] in _FILE_COLUMNS)


def readings_of_table(text: str) -> list[Names]:
    """Return the readings of a table with column names; raises LabelsError."""
    delimiter = _delimiter(text.partition("\n")[0])
    header, *rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(row)]
    columns = [column.strip().lower() for column in header]
    name, index = _column(columns, _NAME_COLUMNS), _column(columns, _INDEX_COLUMNS)
    if columns[0] in _FILE_COLUMNS:
        return [_columns_of_labels(header, rows, name)]
    if name is None:
        raise LabelsError(f"is a table without a column of labels, such as label, class or name: {', '.join(header)}")
    names = tuple(_cell(row, name) for row in rows)
    numbers = [_cell(row, index) for row in rows] if index not in (None, name) else []
    if not numbers or not all(re.fullmatch("[0-9]{1,9}", number) for number in numbers):
        return [names]
    if len(set(map(int, numbers))) < len(numbers):
        raise LabelsError("holds an index twice")
    return by_id(dict(zip(map(int, numbers), names, strict=True)))


def _columns_of_labels(header: Sequence[str], rows: Sequence[Sequence[str]], name: int | None) -> Names:
    """Return the labels of Roboflow's table of several labels an image, which has a column of 0 and 1 for each."""
    if name is None and len(header) > 1 and all({cell.strip() for cell in row[1:]} <= {"0", "1"} for row in rows):
        return tuple(column.strip() for column in header[1:])
    raise LabelsError("is a table of pictures with their labels, not a list of the model's labels")


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _numbered(lines: Sequence[str]) -> list[Names] | None:
    """Return the readings of lines such as `0 cat`, or None; `1 euro`, `2 euro` are labels with numbers in them."""
    matches = [_NUMBERED.fullmatch(line) for line in lines]
    found = {int(match[1]): match[2] for match in matches if match}
    distinct = len(found) == len(lines) == len(set(found.values()))
    return by_index(found) if found and distinct and min(found) in (0, 1) else None


def _check_lines(lines: Sequence[str]) -> None:
    if lines and all(_NUMBERS.fullmatch(line) for line in lines):
        raise LabelsError("holds boxes of one picture, as YOLO's annotations have them, not the model's labels")
    named = next((match for line in lines if (match := re.fullmatch(r"names\s*=\s*(\S+)", line))), None)
    if named:
        raise LabelsError(f"is Darknet's list of files: give the one that it names, {named[1]}")


def _items(text: str) -> dict[int, str]:
    """Return the labels of TensorFlow's label map (pbtxt) by their IDs; raises LabelsError."""
    items: dict[int, str] = {}
    for body in _ITEM.findall(text):
        number, name = _field(body, "id"), _field(body, "display_name") or _field(body, "name")
        if not number or not name:
            raise LabelsError("holds an item without an id or a name")
        if int(number) in items:
            raise LabelsError(f"holds the id {number} twice")
        items[int(number)] = name
    return items


def _field(body: str, name: str) -> str:
    match = re.search(_ITEM_FIELD.format(name), body)
    return _unescaped(next(text for text in match.groups() if text is not None)) if match else ""


def _impulse_categories(text: str) -> Names:
    """Return the labels in the C header of an Edge Impulse library; raises LabelsError."""
    found = _CATEGORIES.search(text)
    if not found:
        raise LabelsError("names Edge Impulse's categories and does not hold them")
    return tuple(_unescaped(label) for label in _TEXT.findall(found[1]))


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _delimiter(line: str) -> str:
    return max("\t;,", key=line.count)


def _columns(line: str) -> list[str]:
    return [column.strip().lower() for column in next(csv.reader([line], delimiter=_delimiter(line)), [])]


def _column(columns: Sequence[str], names: Sequence[str]) -> int | None:
    return next((columns.index(name) for name in names if name in columns), None)
