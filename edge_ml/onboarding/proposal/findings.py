"""Findings: the fields of the proposed model.json, each with the source of its value."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

FOUND, GUESSED, GIVEN = "found", "guessed", "given"


class Finding(NamedTuple):
    """A field's value; its source: found in the file, guessed, or given by the user; and the reason."""

    value: object
    source: str
    reason: str


class Findings:
    """Findings by their path in model.json; the user's values take precedence, then those that the exporter states."""

    def __init__(self, given: Mapping[str, object], stated: Mapping[str, Finding]) -> None:
        self._given, self._stated = dict(given), stated
        self._findings: dict[str, Finding] = {}

    def found(self, field: str, value: object, reason: str) -> None:
        """Add a field that the file states."""
        self._add(field, Finding(value, FOUND, reason))

    def guessed(self, field: str, value: object, reason: str) -> None:
        """Add a field that the file does not state."""
        self._add(field, Finding(value, GUESSED, reason))

    def add_remaining_given(self) -> None:
        """Add the fields that the user gave and that were neither found nor guessed."""
        for field in list(self._given):
            self._add(field, Finding(None, GIVEN, ""))

    def __getitem__(self, field: str) -> object:
        return self._findings[field].value

    def __iter__(self) -> Iterator[tuple[str, Finding]]:
        return iter(self._findings.items())

    def to_dict(self) -> dict[str, Any]:
        """Return the content of model.json."""
        content: dict[str, Any] = {}
        for field, finding in self._findings.items():
            *path, last = field.split(".")
            parent = content.setdefault(path[0], {}) if path else content
            parent[last] = finding.value
        return content

    def _add(self, field: str, finding: Finding) -> None:
        given = self._given.pop(field, None)
        self._findings[field] = self._stated.get(field, finding) if given is None else Finding(given, GIVEN, "")
