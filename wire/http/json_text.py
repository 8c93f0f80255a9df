"""JSON as callers send it, read strictly; and JSON for callers, which is UTF-8 whatever it repeats."""

import json
from collections.abc import Sequence
from typing import NoReturn


def read_json(raw: bytes) -> object:
    """Return the value of a JSON text (RFC 8259).

    Raises ValueError, also where Python's reader is lenient or fails otherwise: for a name that occurs twice in an
    object, for NaN and Infinity, for a lone surrogate, and for nesting that exceeds the interpreter's recursion limit.
    """
    text = raw.decode(json.detect_encoding(raw))
    try:
        value: object = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate cannot be encoded
    except RecursionError as error:
        raise ValueError("The JSON text is nested too deeply.") from error
    return value


def write_json(value: object) -> str:
    """Return a value as JSON; a lone surrogate, which a stored text may contain, is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("A name occurs twice in an object.")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON.")
