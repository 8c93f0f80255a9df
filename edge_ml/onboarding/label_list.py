"""Labels from a file, one a line or as JSON; or from what the exporter wrote into the model."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from edge_ml.serving.trial.confinement import TrialError


class LabelList(NamedTuple):
    """The labels of the first paragraph, the lines after it, and where they were found."""

    names: tuple[str, ...]
    rest: tuple[str, ...]
    origin: str

    def fitting(self, count: int | None) -> tuple[str, ...]:
        """As many as the model tells apart; None when that cannot be seen. Raises TrialError that names both numbers.

        Label files end in remarks now and then: lines after an empty one count only where they are needed.
        """
        everything = self.names + self.rest
        if count is None or len(self.names) == count:
            return self.names
        if len(everything) == count:
            return everything
        found = len(self.names)
        raise TrialError(
            "label_count",
            f"The model tells {count} things apart and {self.origin} holds {found} labels.{_hint(count, found)}",
        )


def read(path: Path) -> LabelList:
    """The labels in a file; raises TrialError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        names, rest = (_from_json(json.loads(text)), []) if path.suffix == ".json" else _paragraphs(text)
    except (OSError, ValueError) as error:
        raise TrialError("labels_unreadable", f"{path} cannot be read: {error}") from error
    if not names:
        raise TrialError("labels_unreadable", f"{path} holds no labels: one a line, or a list in JSON.")
    return LabelList(tuple(names), tuple(rest), path.name)


def from_metadata(metadata: Mapping[str, str]) -> LabelList | None:
    """What Ultralytics' exporter writes: `names` = "{0: 'person', …}"."""
    try:
        names = _from_json(ast.literal_eval(metadata["names"]))
    except (KeyError, ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return LabelList(tuple(names), (), "the model file") if names else None


def _from_json(given: Any) -> list[str]:
    """A list of texts, or an object from places to texts; empty where it is neither."""
    if isinstance(given, dict):
        given = [given[key] for key in sorted(given, key=int)]
    return [str(each) for each in given] if isinstance(given, list) else []


def _paragraphs(text: str) -> tuple[list[str], list[str]]:
    lines = [line.strip() for line in text.strip().splitlines()]
    end = lines.index("") if "" in lines else len(lines)
    return lines[:end], [line for line in lines[end:] if line]


def _hint(count: int, found: int) -> str:
    if count == found + 1:
        return " One is missing: many models begin with a label for the background."
    if count == found - 1:
        return " One is too many: does the file begin with a label for the background that this model has not?"
    return ""
