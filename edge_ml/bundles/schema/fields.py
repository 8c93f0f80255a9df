"""The fields of a JSON object, each read as what it has to be."""

import math
from collections.abc import Collection
from typing import Any


class FieldError(ValueError):
    """A field that is missing or is something else; the text is a sentence that names it."""


class Fields:
    """One JSON object; `path` is where it stands in the whole."""

    def __init__(self, given: Any, path: str = "") -> None:
        if not isinstance(given, dict):
            raise FieldError(f"{path or 'it'} must be an object, not {given!r}.")
        self._given, self._path = given, path

    def inner(self, name: str) -> "Fields":
        """The object in that field."""
        return Fields(self._required(name), self._named(name))

    def items(self, name: str) -> dict[str, Any]:
        """The object in that field as it is; empty where there is none."""
        value = self._given.get(name, {})
        self._expect(isinstance(value, dict), name, "an object")
        return dict(value)

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._given.get(name, default) if default is not None else self._required(name)
        self._expect(isinstance(value, str) and (value or value == default), name, "a text")
        return str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        value = self._required(name)
        texts = isinstance(value, list) and value and all(isinstance(each, str) and each for each in value)
        self._expect(texts, name, "a list of texts")
        return tuple(value)

    def one_of(self, name: str, choices: Collection[str]) -> str:
        """One of these texts."""
        value = self._required(name)
        self._expect(isinstance(value, str) and value in choices, name, f"one of {', '.join(choices)}")
        return str(value)

    def number(self, name: str, default: float, least: float = -math.inf, most: float = math.inf) -> float:
        """A number within these bounds, or the default where there is none."""
        value = self._given.get(name, default)
        self._expect(_is_number(value) and least <= value <= most, name, f"a number from {least:g} to {most:g}")
        return float(value)

    def numbers(self, name: str, count: int, above: float = -math.inf) -> tuple[float, ...]:
        """So many numbers, each above that bound."""
        value = self._required(name)
        fits = isinstance(value, list) and len(value) == count and all(_is_number(n) and n > above for n in value)
        bound = "" if above == -math.inf else f" above {above:g}"
        self._expect(fits, name, f"{count} numbers{bound}")
        return tuple(map(float, value))

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return self._given.get(name) is not None

    def _required(self, name: str) -> Any:
        if name not in self._given:
            raise FieldError(f"{self._named(name)} is missing.")
        return self._given[name]

    def _expect(self, holds: object, name: str, what: str) -> None:
        if not holds:
            raise FieldError(f"{self._named(name)} must be {what}, not {self._given.get(name)!r}.")

    def _named(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
