"""Check responses against the API's own description: a known status, a body of its schema, no unknown field."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import requests
from openapi_schema_validator import OAS31Validator

Schema = dict[str, Any]


def check(base: str, response: requests.Response) -> None:
    """Raise AssertionError if the API at `base` gave a response that its description does not allow."""
    first = response.history[0] if response.history else response
    path = (first.request.url or "").removeprefix(base).partition("?")[0]
    operation = _operation(_document(base), str(first.request.method).lower(), path or "/")
    if operation is None:
        assert first.status_code in (404, 405), f"{first.request.method} {path} is not described"
        return
    documented = operation["responses"].get(str(first.status_code))
    assert documented, f"{first.request.method} {path}: {first.status_code} is not described: {first.text[:500]}"
    kind = first.headers.get("Content-Type", "").partition(";")[0]
    if kind.endswith("json") and first.content:  # API Gateway calls a response without a body JSON too
        errors = list(_errors(_document(base), documented["content"][kind]["schema"], first.json()))
        assert not errors, f"{first.request.method} {path}: {errors}"


def _errors(document: Schema, schema: Schema, body: object) -> Iterator[str]:
    whole = {"allOf": [schema], "unevaluatedProperties": False, "components": document["components"]}
    for error in OAS31Validator(whole).iter_errors(body):
        yield f"{error.json_path}: {error.message}"


def _operation(document: Schema, method: str, path: str) -> Schema | None:
    """Return the described operation; the path with the fewest parameters goes first, as in API Gateway."""
    for known in sorted(document["paths"], key=lambda path: path.count("{")):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", known), path) and method in document["paths"][known]:
            return dict(document["paths"][known][method])
    return None


@cache
def _document(base: str) -> Schema:
    return closed(requests.get(f"{base}/openapi.json", timeout=60).json())


def closed(document: Mapping[str, Any]) -> Schema:
    """Return a copy that allows no unnamed fields, except in schemas that are part of another schema."""
    copy = deepcopy(dict(document))
    parts = set(re.findall(r'"allOf": \[{"\$ref": "#/components/schemas/(\w+)"', str(document).replace("'", '"')))
    for name, schema in copy["components"]["schemas"].items():
        _close(schema, itself=name not in parts)
    return copy


def _close(schema: Schema, *, itself: bool) -> None:
    for name, value in list(schema.items()):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                _close(part, itself=name not in ("allOf", "properties"))
    if itself and {"properties", "allOf"} & schema.keys() and "additionalProperties" not in schema:
        schema["unevaluatedProperties"] = False
