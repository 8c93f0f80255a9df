"""Labels in JSON and YAML: lists, maps by index or by label, and the files of datasets and exporters around them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from edge_ml.onboarding.labels.label_list import LabelsError, Names, by_id, by_index

_LABEL_FIELDS = (
    "names",  # Ultralytics, Roboflow
    "id2label",  # Hugging Face
    "label_names",  # timm
    "labels",  # Teachable Machine
    "categories",  # COCO, Label Studio
    "classes",
    "class_names",
    "label_map",
    "class_to_idx",  # torchvision
    "label2id",
)
"""The fields that hold the labels, the surest first."""
_COUNT_FIELDS = ("num_classes", "nc", "num_labels")
_NAME_FIELDS = ("name", "display_name", "label", "title")
_ID_FIELDS = ("category_id", "id", "index")
_WORDNET = re.compile(r"n[0-9]{8}")
"""An ID of WordNet, which ImageNet's files put before a label."""


def readings_of(content: object) -> list[Names]:
    """Return the readings of a parsed file, the most likely first; raises LabelsError.

    Labels are texts. A number in place of a label is taken as it is written; anything else is no label.
    """
    if isinstance(content, list):
        return _of_list(content)
    if isinstance(content, dict):
        return _of_object(content)
    raise LabelsError(f"holds {_kind(content)} where a list of labels should be")


def without_wordnet_ids(names: Sequence[str]) -> Sequence[str]:
    """Return the labels without an ID of WordNet before each, where all have one."""
    parts = [name.split(None, 1) for name in names]
    if parts and all(len(part) == 2 and _WORDNET.fullmatch(part[0]) for part in parts):
        return [label for _, label in parts]
    return names


def _of_list(content: Sequence[object]) -> list[Names]:
    if content and all(isinstance(entry, dict) for entry in content):
        categories = [entry for entry in content if isinstance(entry, dict)]
        if all(_id(category) is not None for category in categories):
            return _of_categories(categories)
    return [tuple(map(_name, content))]


def _of_object(content: Mapping[object, object]) -> list[Names]:
    for read in (_by_index, _by_label, _in_a_field, _in_marked_files, _in_the_only_object):
        if readings := read(content):
            return readings
    raise LabelsError("holds no field of labels, such as names, id2label, labels, categories or classes")


def _by_index(content: Mapping[object, object]) -> list[Names]:
    if not content or any(_index(key) is None for key in content):
        return []
    return by_index(_distinct((_index(key), _name(value)) for key, value in content.items()))


def _by_label(content: Mapping[object, object]) -> list[Names]:
    counts = any(field in content for field in _COUNT_FIELDS)
    if counts or len(content) < 2 or any(_index(value) is None for value in content.values()):
        return []
    return by_index(_distinct((_index(value), _name(key)) for key, value in content.items()))


def _in_a_field(content: Mapping[object, object]) -> list[Names]:
    for field in _LABEL_FIELDS:
        if isinstance(content.get(field), list | dict) and content[field]:
            return _counted(readings_of(content[field]), content)
    return []


def _in_marked_files(content: Mapping[object, object]) -> list[Names]:
    """Return the labels of Edge Impulse's list of labeled files, in the alphabetical order of its models' outputs."""
    found: set[str] = set()
    pending = [content.get("files", content.get("boundingBoxes"))]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            label = value.get("label")
            found |= {label} if isinstance(label, str) else set()
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return [tuple(sorted(found))] if found else []


def _in_the_only_object(content: Mapping[object, object]) -> list[Names]:
    objects = [value for value in content.values() if isinstance(value, dict)]
    return _in_a_field(objects[0]) if len(objects) == 1 else []


def _of_categories(categories: Sequence[Mapping[object, object]]) -> list[Names]:
    """Return the readings of COCO's categories; Roboflow puts one before them that is the group of all others."""
    readings = by_id(_distinct((_id(category), _name(category)) for category in categories))
    root, *others = categories
    if others and all(category.get("supercategory") == root.get("name") for category in others):
        readings.append(tuple(_name(category) for category in others))
    return readings


def _counted(readings: list[Names], content: Mapping[object, object]) -> list[Names]:
    """Return the readings that have the number of labels that the file states; raises LabelsError without one."""
    for field in _COUNT_FIELDS:
        count = _index(content.get(field))
        if count is not None:
            fitting = [names for names in readings if len(names) == count]
            if not fitting:
                raise LabelsError(f"holds {len(readings[0])} labels, though its {field} is {count}")
            return fitting
    return readings


def _distinct(pairs: Iterable[tuple[int | None, str]]) -> dict[int, str]:
    places: dict[int, str] = {}
    for index, name in pairs:
        if index is None:
            continue
        if index in places:
            raise LabelsError(f"holds the index {index} twice")
        places[index] = name
    return places


def _id(category: Mapping[object, object]) -> int | None:
    return next((index for field in _ID_FIELDS if (index := _index(category.get(field))) is not None), None)


def _index(value: object) -> int | None:
    """Return an index, which JSON writes as a number or, in a key, as its digits; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) else None


def _name(value: object) -> str:
    """Return a label's text, "" where the file has null; raises LabelsError."""
    value = _inner_name(value)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise LabelsError(f"holds {_kind(value)} where a label should be")
    return str(value).strip()


def _inner_name(value: object) -> object:
    """Return the label in an object with a name, or in a pair of Keras' class index; any other value as it is."""
    if isinstance(value, dict):
        return next((value[field] for field in _NAME_FIELDS if isinstance(value.get(field), str)), value)
    if isinstance(value, list) and len(value) == 2 and _WORDNET.fullmatch(str(value[0])):
        return value[1]
    return value


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
    return (kinds | {list: "a list", dict: "an object"}).get(type(value), "nothing")
