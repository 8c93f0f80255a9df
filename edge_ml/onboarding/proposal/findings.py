"""What model.json will say, field by field, with where each value comes from."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

FOUND, GUESSED, GIVEN = "found", "guessed", "given"


class Finding(NamedTuple):
    """A field's value; whether it was found in the file, guessed, or given by the user; and why."""

    value: Any
    how: str
    why: str


class Findings:
    """Findings by their path in model.json; what the user gave comes before what was found or guessed."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = dict(given)
        self._findings: dict[str, Finding] = {}

    def found(self, field: str, value: Any, why: str) -> None:
        """The file says so."""
        self._put(field, Finding(value, FOUND, why))

    def guessed(self, field: str, value: Any, why: str) -> None:
        """The file does not say; the user may know better."""
        self._put(field, Finding(value, GUESSED, why))

    def take_the_rest(self) -> None:
        """Take in what the user gave and nothing has proposed."""
        for field in list(self._given):
            self._put(field, Finding(None, GIVEN, ""))

    def __getitem__(self, field: str) -> Any:
        return self._findings[field].value

    def __iter__(self) -> Iterator[tuple[str, Finding]]:
        return iter(self._findings.items())

    def to_dict(self) -> dict[str, Any]:
        """The content of model.json."""
        content: dict[str, Any] = {}
        for field, finding in self._findings.items():
            *path, last = field.split(".")
            holder = content.setdefault(path[0], {}) if path else content
            holder[last] = finding.value
        return content

    def _put(self, field: str, finding: Finding) -> None:
        given = self._given.pop(field, None)
        self._findings[field] = finding if given is None else Finding(given, GIVEN, "")
