"""Schemas: derived from classes with typed fields, or composed of short functions."""

import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from openapi.route import JsonObject, Schema, ref

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FRACTION: Schema = {"type": "number", "minimum": 0, "maximum": 1}
TIME: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
LINK: Schema = {"type": "string", "format": "uri"}
BINARY: Schema = {"type": "string", "format": "binary"}
NOTHING: Schema = {"type": "object", "maxProperties": 0}

_PLAIN: dict[object, Schema] = {
    str: TEXT,
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


def record_schema(noun: type, *, optional: Sequence[str] = (), **fixed: Schema) -> JsonObject:
    """Return the schema of the JSON form of a dataclass or NamedTuple, described by its docstring.

    `fixed` replaces derived schemas. A field that may be None is optional.
    """
    hints = typing.get_type_hints(noun)
    properties = {name: fixed.get(name) or _typed(hint) for name, hint in hints.items()}
    optional_names = [name for name in hints if name in optional or _may_be_none(hints[name])]
    return described(noun.__doc__ or "", obj(properties, optional_names))


def obj(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> JsonObject:
    """Return the schema of an object with these properties, all required but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties)} | ({"required": required} if required else {})


def extended(schema: Schema, **more: Schema) -> JsonObject:
    """Return the schema of an object with further properties, all required.

    It is no `allOf`: some generators of clients lose the properties of its members.
    """
    required = [*schema.get("required", ()), *more]
    return dict(schema) | {"properties": schema["properties"] | more, "required": required}


def request_body(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> JsonObject:
    """Return the schema of an object in a request: properties other than these are refused."""
    optional = [name for name in properties if name not in required]
    return obj(properties, optional) | {"additionalProperties": False}


def array(of: Schema, **limits: int) -> JsonObject:
    """Return the schema of a list."""
    return {"type": "array", "items": of} | limits


def one_of(*values: str) -> JsonObject:
    """Return the schema of a text with these possible values."""
    return {"type": "string", "enum": list(values)}


def nullable(schema: Schema) -> JsonObject:
    """Return the schema of a value that may be null."""
    kind = schema.get("type")
    return dict(schema) | {"type": [kind, "null"]} if kind else {"oneOf": [schema, {"type": "null"}]}


def constant(value: str) -> JsonObject:
    """Return the schema of a text that is always the same; a generator of clients needs its type as well."""
    return {"type": "string", "const": value}


def described(text: str, schema: Schema) -> JsonObject:
    """Return the schema with a description: the lines of the text are joined, its paragraphs stay."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return dict(schema) | {"description": "\n\n".join(filter(None, paragraphs))}


def id_schema(prefix: str) -> JsonObject:
    """Return the schema of an id with this prefix."""
    return {"type": "string", "pattern": f"^{prefix}_[0-9a-f]{{32}}$"}


def _typed(hint: Any) -> Schema:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return _typed(next(argument for argument in arguments if argument is not type(None)))
    if origin is tuple:
        return _tuple(arguments)
    return _PLAIN[hint] if hint in _PLAIN else ref(hint.__name__)


def _tuple(arguments: tuple[Any, ...]) -> Schema:
    if arguments[-1] is Ellipsis:
        return array(_typed(arguments[0]))
    return array(_typed(arguments[0]), minItems=len(arguments), maxItems=len(arguments))


def _may_be_none(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)
