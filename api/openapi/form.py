"""Schemas made of dataclasses: their fields are what callers see."""

import types
import typing
from dataclasses import fields
from typing import Any

from api.openapi.route import Schema, ref

_PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}

FRACTION: Schema = {"type": "number", "minimum": 0, "maximum": 1}
TIME: Schema = {"type": "string", "format": "date-time", "examples": ["2026-11-20T18:12:00.623Z"]}
LINK: Schema = {"type": "string", "format": "uri"}


def form(noun: type, *, without: tuple[str, ...] = (), **fixed: Schema) -> dict[str, Any]:
    """The form of a dataclass's JSON, described by its docstring; `fixed` says what types do not.

    What may be None may be left out.
    """
    hints = typing.get_type_hints(noun)
    named = [each.name for each in fields(noun) if each.name not in without]
    properties = {name: fixed[name] if name in fixed else _typed(hints[name]) for name in named}
    return described(noun.__doc__ or "", obj(properties | fixed, optional=[n for n in named if _may_lack(hints[n])]))


def obj(properties: typing.Mapping[str, Schema], optional: typing.Sequence[str] = ()) -> dict[str, Any]:
    """An object with these properties, all of them required but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties)} | ({"required": required} if required else {})


def described(text: str, schema: Schema) -> dict[str, Any]:
    """The schema with a description: the text's lines joined, its paragraphs kept."""
    paragraphs = [" ".join(each.split()) for each in text.split("\n\n")]
    return {"description": "\n\n".join(filter(None, paragraphs))} | dict(schema)


def array(of: Schema, **limits: int) -> dict[str, Any]:
    """A list of such."""
    return {"type": "array", "items": of} | limits


def _typed(hint: Any) -> Schema:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return _typed(next(each for each in arguments if each is not type(None)))
    if origin is tuple:
        return _tuple(arguments)
    return _PLAIN[hint] if hint in _PLAIN else ref(hint.__name__)


def _tuple(arguments: tuple[Any, ...]) -> Schema:
    if arguments[-1] is Ellipsis:
        return array(_typed(arguments[0]))
    return array(_typed(arguments[0]), minItems=len(arguments), maxItems=len(arguments))


def _may_lack(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)
