"""The description of one operation: facts read off the route's code, and its declaration."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from openapi.reader.reach import Reach
from openapi.reader.refusal import Refusal
from openapi.reader.source import Definition
from openapi.route import Body, JsonObject, Response, Route, Schema
from openapi.schema import one_of

_KEY = re.compile(r"`?(GET|POST|PUT|PATCH|DELETE) /\S*?`?(:|\.$|(?= ))\s*")
_INTERNAL_ERROR = Refusal(500, "internal_error", "The server failed to respond; try again.", retryable=True)
_HEADERS_OF_503 = ("retry-after",)


def operation(
    key: str, code: Definition, route: Route, parameters: Mapping[str, Schema], signing_in: Iterable[Refusal]
) -> JsonObject:
    """Return the operation of one route key; `signing_in` are the refusals before the route is called."""
    reach = Reach(code)
    function = _function(code)
    in_path = re.findall(r"{(\w+)}", key)
    in_query = dict.fromkeys([*reach.parameters(), *(name for name in route.parameters if name not in in_path)])
    limits = {"limit": {**parameters.get("limit", {}), **reach.limits()}}
    schemas = {**parameters, **limits, **route.parameters}
    declared = [Refusal(status, code) for code, status in route.refusals.items()]
    body = {"requestBody": _body(route.body)} if route.body else {}
    return {
        "operationId": function.name,
        **_prose(ast.get_docstring(function) or "", route),
        "parameters": [
            *(_parameter("path", name, schemas) for name in in_path),
            *(_parameter("query", name, schemas) for name in in_query),
        ],
        "responses": _responses(route, reach) | _problems({_INTERNAL_ERROR, *reach.refusals(), *declared, *signing_in}),
    } | body


def _function(code: Definition) -> ast.FunctionDef:
    """Return the function of a route without its wrappers."""
    inner = code.node
    while isinstance(inner, ast.Call):
        inner = inner.args[0]
    definition = code.module.find(inner)
    assert definition, ast.unparse(code.node)
    assert isinstance(definition.node, ast.FunctionDef), ast.unparse(code.node)
    return definition.node


def _prose(docstring: str, route: Route) -> dict[str, str]:
    """Return the first sentence as summary and the rest as description, or else the responses of success."""
    text = " ".join(_KEY.sub("", docstring, count=1).split())
    first, _, rest = text.partition(". ")
    summary = (first[:1].upper() + first[1:]).removesuffix(".")
    return {
        "summary": summary,
        "description": rest or " ".join(response.description for response in route.responses.values()),
    }


def _parameter(where: str, name: str, known: Mapping[str, Schema]) -> JsonObject:
    schema = dict(known.get(name, {"type": "string"}))
    description, required = schema.pop("description", ""), schema.pop("required", where == "path")
    return {"name": name, "in": where, "description": description, "required": required, "schema": schema}


def _body(body: Body) -> JsonObject:
    content = {kind: {"schema": schema} for kind, schema in body.content.items()}
    for kind, example in body.examples.items():
        content[kind]["example"] = example  # type: ignore[assignment]
    return {"required": body.required, "content": content}


def _responses(route: Route, reach: Reach) -> JsonObject:
    statuses = {*reach.statuses(), *route.statuses}
    known = route.responses or {status: Response(HTTPStatus(status).phrase) for status in statuses}
    return {str(status): _response(response) for status, response in sorted(known.items())}


def _response(response: Response) -> JsonObject:
    own_headers = {
        name: {"description": description, "required": True, "schema": {"type": "string"}}
        for name, description in response.headers.items()
    }
    fields: JsonObject = {"description": response.description}
    if not response.redirected:
        fields["headers"] = _headers() | own_headers
    if response.schema is None:
        return fields
    example = {"example": response.example} if response.example is not None else {}
    return fields | {"content": {response.content_type: {"schema": response.schema} | example}}


def _problems(refusals: Iterable[Refusal]) -> JsonObject:
    by_status = defaultdict(list)
    for refusal in sorted(refusals):
        by_status[refusal.status].append(refusal)
    return {str(status): _problem(status, same_status) for status, same_status in by_status.items()}


def _problem(status: int, refusals: list[Refusal]) -> JsonObject:
    codes = list(dict.fromkeys(refusal.code for refusal in refusals))
    values = {"properties": {"status": {"type": "integer", "enum": [status]}, "code": one_of(*codes)}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, values]}
    examples = {refusal.code: {"value": _example(refusal)} for refusal in refusals if refusal.detail}
    headers = {name for refusal in refusals for name in refusal.headers}
    content = {"schema": schema} | ({"examples": examples} if examples else {})
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": _headers(*headers, *(_HEADERS_OF_503 if status == 503 else ())),
        "content": {"application/problem+json": content},
    }


def _example(refusal: Refusal) -> JsonObject:
    return {
        "type": "about:blank",
        "title": refusal.code.replace("_", " ").capitalize(),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "retryable": refusal.retryable,
    }


def _headers(*names: str) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("x-request-id", *sorted(names))}
