"""One operation: what the route's code says of itself, and what its unit adds."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from openapi.reader.reach import Reach
from openapi.reader.refusal import Refusal
from openapi.reader.source import Definition
from openapi.route import Answer, Body, Route, Schema

_KEY = re.compile(r"`?(GET|POST|PUT|PATCH|DELETE) /\S*?`?(:|\.$|(?= ))\s*")
_OURS = Refusal(500, "internal_error", "Something failed on our side; try again.", retryable=True)
_LATER = ("retry-after",)


def operation(
    key: str, code: Definition, route: Route, parameters: Mapping[str, Schema], signing_in: Iterable[Refusal]
) -> dict[str, Any]:
    """The operation of one route key; `signing_in` is what is refused before the route is asked."""
    reach = Reach(code)
    function = _function(code)
    named = {"path": re.findall(r"{(\w+)}", key), "query": reach.parameters()}
    limits = {"limit": {**parameters.get("limit", {}), **reach.limits()}}
    told = [
        _parameter(where, name, {**parameters, **limits, **route.parameters})
        for where, names in named.items()
        for name in names
    ]
    passed_on = [Refusal(status, each) for each, status in route.refusals.items()]
    said = {
        "operationId": function.name,
        **_prose(ast.get_docstring(function) or ""),
        "parameters": told,
        "responses": _answers(route, reach) | _problems({_OURS, *reach.refusals(), *passed_on, *signing_in}),
    }
    return said | ({"requestBody": _body(route.body)} if route.body else {})


def _function(code: Definition) -> ast.FunctionDef:
    """The route's own function, within whatever wraps it."""
    inner = code.node
    while isinstance(inner, ast.Call):
        inner = inner.args[0]
    found = code.module.find(inner)
    assert found, ast.unparse(code.node)
    assert isinstance(found.node, ast.FunctionDef), ast.unparse(code.node)
    return found.node


def _prose(docstring: str) -> dict[str, str]:
    """The first sentence is the summary, the rest the description; what is raised is told by the answers."""
    text = " ".join(_KEY.sub("", docstring, count=1).split())
    first, _, rest = text.partition(". ")
    summary = (first[:1].upper() + first[1:]).removesuffix(".")
    return {"summary": summary} | ({"description": rest} if rest else {})


def _parameter(where: str, name: str, known: Mapping[str, Schema]) -> dict[str, Any]:
    schema = dict(known.get(name, {"type": "string"}))
    description, required = schema.pop("description", ""), schema.pop("required", where == "path")
    return {"name": name, "in": where, "description": description, "required": required, "schema": schema}


def _body(body: Body) -> dict[str, Any]:
    content = {kind: {"schema": schema} for kind, schema in body.content.items()}
    for kind, example in body.examples.items():
        content[kind]["example"] = example  # type: ignore[assignment]
    return {"required": body.required, "content": content}


def _answers(route: Route, reach: Reach) -> dict[str, Any]:
    known = route.answers or {status: Answer(HTTPStatus(status).phrase) for status in reach.statuses()}
    return {str(status): _answer(answer) for status, answer in sorted(known.items())}


def _answer(answer: Answer) -> dict[str, Any]:
    said: dict[str, Any] = {"description": answer.description, "headers": _headers()}
    for name, description in answer.headers.items():
        said["headers"][name] = {"description": description, "required": True, "schema": {"type": "string"}}
    if answer.schema is None:
        return said
    example = {"example": answer.example} if answer.example is not None else {}
    return said | {"content": {answer.content_type: {"schema": answer.schema} | example}}


def _problems(refusals: Iterable[Refusal]) -> dict[str, Any]:
    by_status = defaultdict(list)
    for refusal in sorted(refusals):
        by_status[refusal.status].append(refusal)
    return {str(status): _problem(status, those) for status, those in by_status.items()}


def _problem(status: int, refusals: list[Refusal]) -> dict[str, Any]:
    codes = list(dict.fromkeys(each.code for each in refusals))
    told = {"properties": {"status": {"const": status}, "code": {"enum": codes}}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, told]}
    examples = {each.code: {"value": _example(each)} for each in refusals if each.detail}
    content = {"schema": schema} | ({"examples": examples} if examples else {})
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": _headers(*{name for each in refusals for name in each.headers}, *(_LATER if status == 503 else ())),
        "content": {"application/problem+json": content},
    }


def _example(refusal: Refusal) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": refusal.code.replace("_", " ").capitalize(),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "retryable": refusal.retryable,
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("x-request-id", *sorted(names))}
