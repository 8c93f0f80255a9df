"""Kinds of settings: the valid values of each, and the conversion of a value from the CDK context."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """The kind of a setting. `read` converts a value of the CDK context, and returns None for an invalid one.

    `values` describes the valid values, in the docs and in errors after "must be".
    """

    values: str
    read: Callable[[Any], T | None]


def one_of(*choices: str) -> Kind[str]:
    """Return the kind of a setting with these choices."""
    return Kind(f"one of {', '.join(choices)}", lambda value: value if value in choices else None)


def whole_number(least: int, most: int) -> Kind[int]:
    """Return the kind of a setting that is a whole number in this range."""

    def read(value: object) -> int | None:
        return int(str(value)) if str(value).isdecimal() and least <= int(str(value)) <= most else None

    return Kind(f"a whole number from {least} to {most}", read)


def number(most: float) -> Kind[float]:
    """Return the kind of a setting that is a number from 0 to `most`."""

    def read(value: object) -> float | None:
        try:
            converted = float(str(value))
        except ValueError:
            return None
        return converted if 0 <= converted <= most else None

    return Kind(f"a number from 0 to {most}", read)


def _read_address(value: object) -> str | None:
    return str(value) if not value or re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(value)) else None


def _read_pairs(value: str | Mapping[str, str]) -> Mapping[str, str] | None:
    return dict(pair.split("=", 1) for pair in value.split(",") if pair) if isinstance(value, str) else value


FLAG = Kind("true or false", lambda value: {"true": True, "false": False}.get(str(value).lower()))
TEXT = Kind("a text", str)
EMAIL_ADDRESS = Kind("an e-mail address", _read_address)
PAIRS = Kind("a list of name=value, separated by commas", _read_pairs)
