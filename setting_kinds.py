"""Kinds of settings: the valid values of each, and the conversion of a value from the CDK context."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from wire.outbound.target import TargetError, check_url

T = TypeVar("T")

_LONGEST_PREFIX = 128 - len("-RekognitionStack")
"""CloudFormation's limit of a stack's name: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html"""
_MOST_TAGS = 50
_TAG_NAME = re.compile(r"(?!aws:)[\w .:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")
"""The limits of tags: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """The kind of a setting. `read` converts a value of the CDK context, and returns None for an invalid one.

    `values` describes the valid values, in the docs and in errors after "must be". `examples` are valid values as given
    on the command line: all of them, or some; a test deploys a change to each.
    """

    values: str
    read: Callable[[Any], T | None]
    examples: tuple[str, ...]


def one_of(*choices: str) -> Kind[str]:
    """Return the kind of a setting with these choices."""
    return Kind(f"one of {', '.join(choices)}", lambda value: value if value in choices else None, choices)


def one_of_numbers(*choices: int) -> Kind[int]:
    """Return the kind of a setting that is one of these whole numbers."""
    texts = tuple(map(str, choices))
    return Kind(f"one of {', '.join(texts)}", lambda value: int(str(value)) if str(value) in texts else None, texts)


def whole_number(least: int, most: int) -> Kind[int]:
    """Return the kind of a setting that is a whole number in this range."""

    def read(value: object) -> int | None:
        return int(str(value)) if re.fullmatch(r"[0-9]{1,9}", str(value)) and least <= int(str(value)) <= most else None

    return Kind(f"a whole number from {least} to {most}", read, (str(least), str(most)))


def number(most: float) -> Kind[float]:
    """Return the kind of a setting that is a number from 0 to `most`."""

    def read(value: object) -> float | None:
        valid = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", str(value))
        return float(str(value)) if valid and float(str(value)) <= most else None

    return Kind(f"a number from 0 to {most}", read, ("0", str(most)))


def _matching(values: str, pattern: str, example: str) -> Kind[str]:
    """Return the kind of a text that is empty or matches the pattern."""

    def read(value: object) -> str | None:
        return value if isinstance(value, str) and re.fullmatch(f"({pattern})?", value) else None

    return Kind(values, read, ("", example))


def _read_url(value: object) -> str | None:
    """Return a URL in a form that webhooks accept, or an empty text."""
    try:
        return value if isinstance(value, str) and (not value or check_url(value)) else None
    except TargetError:
        return None


def _read_base_url(value: object) -> str | None:
    """Return a URL to which a path can be appended, or an empty text."""
    url = _read_url(value)
    return url if url is not None and not re.search(r"[?#]|/$", url) else None


def _read_tags(value: object) -> Mapping[str, str] | None:
    if isinstance(value, str):
        pairs = [pair.partition("=") for pair in value.split(",") if pair]
        given: Mapping[object, object] = {name: content for name, equals, content in pairs if equals}
        if len(given) != len(pairs):
            return None
    elif isinstance(value, Mapping):
        given = value
    else:
        return None
    tags = {name: content for name, content in given.items() if isinstance(name, str) and isinstance(content, str)}
    valid = [name for name, content in tags.items() if _TAG_NAME.fullmatch(name) and _TAG_VALUE.fullmatch(content)]
    return tags if len(valid) == len(given) <= _MOST_TAGS else None


FLAG = Kind(
    "true or false", lambda value: {"true": True, "false": False}.get(str(value).lower()), examples=("true", "false")
)
STACK_PREFIX = _matching(
    f"a letter, then letters, digits and hyphens: at most {_LONGEST_PREFIX} characters",
    f"[A-Za-z][A-Za-z0-9-]{{0,{_LONGEST_PREFIX - 1}}}",
    "blue",
)
EMAIL_ADDRESS = _matching("an e-mail address", r"[^@\s]+@[^@\s]+\.[^@\s]+", "ops@example.com")
URL = Kind("an absolute http or https URL", _read_url, ("", "https://example.com/hook?key=1"))
BASE_URL = Kind(
    "an absolute http or https URL without a query and without a slash at its end",
    _read_base_url,
    ("", "https://photos.example"),
)
TAGS = Kind("a list of name=value, separated by commas", _read_tags, ("", "team=sight,cost=42"))
