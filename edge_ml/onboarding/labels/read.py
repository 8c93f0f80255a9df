"""Read the labels in a file: its content decides how, its name only where the content does not tell."""

import ast
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from edge_ml.onboarding.labels.label_list import LabelList, LabelsError, Names, checked_names
from edge_ml.onboarding.labels.lines import is_table, readings_of_table, readings_of_text
from edge_ml.onboarding.labels.objects import readings_of
from edge_ml.serving.trial.trial_error import TrialError

_MOST_BYTES = 512 * 1024 * 1024
"""COCO's own file of annotations has 448 MB; its categories are at its end."""
_MOST_TEXT = 16 * 1024 * 1024
_IN_ARCHIVES = ("data.yaml", "data.yml", "notes.json", "metadata.json", "config.json", "classes.txt", "labels.txt")
"""The names of label files in an archive, the surest first; COCO's annotations come after them."""


def read_labels(path: Path) -> LabelList:
    """Return the labels in a file; raises TrialError `labels_unreadable` with the form that the file has."""
    try:
        return _label_list(_readings(path.name, _content(path)), path.name)
    except OSError as error:
        raise TrialError("labels_unreadable", f"{path} cannot be read: {error.strerror or error}.") from error
    except LabelsError as error:
        raise TrialError("labels_unreadable", f"{path} {error}.") from error


def labels_from_metadata(metadata: Mapping[str, str]) -> LabelList | None:
    """Return the labels that the exporter of Ultralytics writes, such as `names` = "{0: 'person', …}", or None."""
    try:
        return _label_list(readings_of(ast.literal_eval(metadata["names"])), "the model file")
    except (KeyError, ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _label_list(readings: Iterable[Names], origin: str) -> LabelList:
    names, *others = map(checked_names, readings)
    return LabelList(names, origin, tuple(others))


def _content(path: Path) -> bytes:
    if zipfile.is_zipfile(path):
        return _in_archive(path)
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise LabelsError(f"is larger than {_MOST_BYTES // 1024**2} MB")
    return content


def _in_archive(path: Path) -> bytes:
    """Return the label file in an archive of a dataset; raises LabelsError."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
        usual = [name for wanted in _IN_ARCHIVES for name in entries if Path(name).name.lower() == wanted]
        annotations = [name for name in entries if name.endswith(".json") and "annotations" in name.lower()]
        found = next(iter(usual + sorted(annotations)), None)
        if found is None:
            raise LabelsError(f"is an archive without a label file, such as {', '.join(_IN_ARCHIVES)}")
        if entries[found].file_size > _MOST_BYTES:
            raise LabelsError(f"is an archive whose {found} is larger than {_MOST_BYTES // 1024**2} MB")
        try:
            return archive.read(found)
        # zipfile raises RuntimeError for an encrypted entry, and NotImplementedError for a compression it lacks.
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            raise LabelsError(f"is an archive whose {found} cannot be read: {error}") from error


def _readings(name: str, content: bytes) -> list[Names]:
    text, kind = _text(content), Path(name).suffix.lower()
    start = text.lstrip()[:1]
    if start in ("{", "[") or kind in (".json", ".jsonl"):
        return readings_of(_json(text))
    if len(text) > _MOST_TEXT:
        raise LabelsError(f"is larger than {_MOST_TEXT // 1024**2} MB")
    if start == "<":
        return [_xml_labels(text)]
    if kind in (".yaml", ".yml") or _has_yaml_names(text):
        return readings_of(_yaml(text))
    if is_table(text) or kind == ".tsv":
        return readings_of_table(text)
    return _one_column(text) if kind == ".csv" else readings_of_text(text)


def _text(content: bytes) -> str:
    """Return the text of a file; raises LabelsError where it is none."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        model = b"onnx" in content[:1024].lower() or b"pytorch" in content[:64]
        what = "is a model: were the model and its labels exchanged?" if model else "is no text in UTF-8"
        raise LabelsError(what.rstrip("?")) from error
    if "\0" in text:
        raise LabelsError("is no text")
    return text


def _json(text: str) -> object:
    def distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
        content = dict(pairs)
        if len(content) < len(pairs):
            raise LabelsError("holds the same key twice")
        return content

    try:
        return json.loads(text, object_pairs_hook=distinct)
    except (json.JSONDecodeError, RecursionError) as error:
        raise LabelsError(f"is not valid JSON: {error}") from error


def _yaml(text: str) -> object:
    import yaml  # late: only this form needs it

    try:
        # YAML's own types would make False of the label `no`: every value stays the text that it is.
        return yaml.load(text, yaml.BaseLoader)  # noqa: S506  # BaseLoader makes texts, lists and maps only
    except (yaml.YAMLError, RecursionError) as error:
        raise LabelsError(f"is not valid YAML: {' '.join(str(error).split())}") from error


def _has_yaml_names(text: str) -> bool:
    return any(line.startswith(("names:", "names :")) for line in text.splitlines())


def _one_column(text: str) -> list[Names]:
    if any(mark in line for line in text.splitlines() for mark in ",;\t"):
        raise LabelsError("is a table without a column of labels, such as label, class or name, in its first line")
    header, *names = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    return [tuple(names)] if header.lower() in ("label", "labels", "class", "name", "names") else [(header, *names)]


def _xml_labels(text: str) -> Names:
    """Return the labels of Label Studio's labeling configuration; raises LabelsError."""
    if "<!" in text.replace("<!--", ""):
        raise LabelsError("is a web page or XML with declarations, not a list of labels")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # without declarations there are no entities to expand
    except ElementTree.ParseError as error:
        raise LabelsError("is a web page or broken XML, not a list of labels") from error
    found = [element.get("value", "") for element in root.iter() if element.tag in ("Label", "Choice")]
    if not found:
        raise LabelsError(f"is XML of the kind {root.tag}, not a list of labels")
    return tuple(found)
