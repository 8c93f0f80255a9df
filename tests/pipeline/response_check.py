"""Answers held to the API's own description: a status it has, a body of that form, no field it does not name."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import requests
from openapi_schema_validator import OAS31Validator

Schema = dict[str, Any]


def hold(base: str, answer: requests.Response) -> None:
    """Fail where an answer of the API at `base` is not one that its description allows."""
    first = answer.history[0] if answer.history else answer
    path = (first.request.url or "").removeprefix(base).partition("?")[0]
    operation = _operation(_described(base), str(first.request.method).lower(), path or "/")
    if operation is None:
        assert first.status_code in (404, 405), f"{first.request.method} {path} is not described"
        return
    said = operation["responses"].get(str(first.status_code))
    assert said, f"{first.request.method} {path}: {first.status_code} is not described: {first.text[:500]}"
    kind = first.headers.get("Content-Type", "").partition(";")[0]
    if kind.endswith("json") and first.content:  # API Gateway calls an answer without a body JSON too
        errors = list(_errors(_described(base), said["content"][kind]["schema"], first.json()))
        assert not errors, f"{first.request.method} {path}: {errors}"


def _errors(described: Schema, schema: Schema, body: object) -> Iterator[str]:
    whole = {"allOf": [schema], "unevaluatedProperties": False, "components": described["components"]}
    for error in OAS31Validator(whole).iter_errors(body):
        yield f"{error.json_path}: {error.message}"


def _operation(described: Schema, method: str, path: str) -> Schema | None:
    """The path with the fewest parameters goes first, as in API Gateway."""
    for known in sorted(described["paths"], key=lambda path: path.count("{")):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", known), path) and method in described["paths"][known]:
            return dict(described["paths"][known][method])
    return None


@cache
def _described(base: str) -> Schema:
    return closed(requests.get(f"{base}/openapi.json", timeout=30).json())


def closed(described: Mapping[str, Any]) -> Schema:
    """The description with no room for fields that it does not name, save where a form is part of another."""
    made = deepcopy(dict(described))
    parts = set(re.findall(r'"allOf": \[{"\$ref": "#/components/schemas/(\w+)"', str(described).replace("'", '"')))
    for name, schema in made["components"]["schemas"].items():
        _close(schema, itself=name not in parts)
    return made


def _close(schema: Schema, *, itself: bool) -> None:
    for name, value in list(schema.items()):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                _close(part, itself=name not in ("allOf", "properties"))
    if itself and {"properties", "allOf"} & schema.keys() and "additionalProperties" not in schema:
        schema["unevaluatedProperties"] = False
