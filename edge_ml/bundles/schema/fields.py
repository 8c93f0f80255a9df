"""The fields of a JSON object, read one by one with a check of type and range."""

import math
from collections.abc import Collection


class FieldError(ValueError):
    """A field that is missing or has a wrong value; the text is a sentence that names the field."""


class Fields:
    """One JSON object; its methods raise FieldError.

    `path` is its place in the document, such as `output`; it is empty for the whole document.
    """

    def __init__(self, value: object, path: str = "") -> None:
        """Keep the object; raises FieldError where `value` is not an object."""
        if not isinstance(value, dict):
            raise FieldError(f"{path or 'it'} must be an object, not {value!r}.")
        self._values: dict[str, object] = value
        self._path = path

    def inner(self, name: str) -> "Fields":
        """Return the object in that field."""
        return Fields(self._required(name), self._path_of(name))

    def items(self, name: str) -> dict[str, object]:
        """Return the object in that field unchecked; an empty one where the field is absent."""
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            raise self._error(name, "an object")
        return dict(value)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text that is not empty, or the default where the field is absent."""
        value = self._values.get(name, default) if default is not None else self._required(name)
        if not isinstance(value, str) or not (value or value == default):
            raise self._error(name, "a text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, none of them empty."""
        value = self._required(name)
        if not (isinstance(value, list) and value and all(isinstance(text, str) and text for text in value)):
            raise self._error(name, "a list of texts")
        return tuple(value)

    def one_of(self, name: str, choices: Collection[str]) -> str:
        """Return one of the choices."""
        value = self._required(name)
        if not isinstance(value, str) or value not in choices:
            raise self._error(name, f"one of {', '.join(choices)}")
        return value

    def number(self, name: str, default: float, minimum: float = -math.inf, maximum: float = math.inf) -> float:
        """Return a number within these bounds, or the default where the field is absent."""
        number = _number(self._values.get(name, default))
        if number is None or not minimum <= number <= maximum:
            raise self._error(name, f"a number from {minimum:g} to {maximum:g}")
        return number

    def numbers(self, name: str, count: int, above: float = -math.inf) -> tuple[float, ...]:
        """Return a list of `count` numbers, each greater than `above`."""
        value = self._required(name)
        numbers = [_number(element) for element in value] if isinstance(value, list) else []
        fitting = tuple(number for number in numbers if number is not None and number > above)
        if not len(fitting) == len(numbers) == count:
            raise self._error(name, f"{count} numbers{'' if above == -math.inf else f' above {above:g}'}")
        return fitting

    def _required(self, name: str) -> object:
        if name not in self._values:
            raise FieldError(f"{self._path_of(name)} is missing.")
        return self._values[name]

    def _error(self, name: str, expected: str) -> FieldError:
        return FieldError(f"{self._path_of(name)} must be {expected}, not {self._values.get(name)!r}.")

    def _path_of(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def _number(value: object) -> float | None:
    """Return the value as a finite float, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
