"""The label list: from a file, one label per line or as JSON; or from the metadata of the model file."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from edge_ml.serving.trial.trial_error import TrialError


class LabelList(NamedTuple):
    """The labels of the first paragraph, the lines after it, and the name of their source."""

    names: tuple[str, ...]
    rest: tuple[str, ...]
    origin: str

    def fitting(self, count: int | None) -> tuple[str, ...]:
        """Return the `count` labels of the model; all of the first paragraph where the count is unknown (None).

        Some label files end in remarks: the lines after an empty one are used only where the count needs them.
        Raises TrialError with both numbers where the count fits neither.
        """
        everything = self.names + self.rest
        if count is None or len(self.names) == count:
            return self.names
        if len(everything) == count:
            return everything
        found = len(self.names)
        raise TrialError(
            "label_count", f"The model has {count} labels and {self.origin} holds {found}.{_hint(count, found)}"
        )


def read_labels(path: Path) -> LabelList:
    """Return the labels in a file; raises TrialError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        names, rest = (_from_json(json.loads(text)), []) if path.suffix == ".json" else _paragraphs(text)
    except (OSError, ValueError) as error:
        raise TrialError("labels_unreadable", f"{path} cannot be read: {error}") from error
    if not names:
        raise TrialError("labels_unreadable", f"{path} holds no labels: write one per line, or a JSON list.")
    return LabelList(tuple(names), tuple(rest), path.name)


def labels_from_metadata(metadata: Mapping[str, str]) -> LabelList | None:
    """Return the labels that the exporter of Ultralytics writes, such as `names` = "{0: 'person', …}", or None."""
    try:
        names = _from_json(ast.literal_eval(metadata["names"]))
    except (KeyError, ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return LabelList(tuple(names), (), "the model file") if names else None


def _from_json(content: object) -> list[str]:
    """Return the labels of a list, or of an object from indices to labels; and no labels of anything else."""
    if isinstance(content, dict):
        content = [content[key] for key in sorted(content, key=int)]
    return [str(name) for name in content] if isinstance(content, list) else []


def _paragraphs(text: str) -> tuple[list[str], list[str]]:
    lines = [line.strip() for line in text.strip().splitlines()]
    end = lines.index("") if "" in lines else len(lines)
    return lines[:end], [line for line in lines[end:] if line]


def _hint(count: int, found: int) -> str:
    if count == found + 1:
        return " One is missing: many models begin with a label for the background."
    if count == found - 1:
        return " One is too many: does the file begin with a label for the background that the model does not have?"
    return ""
