"""The API's description: valid, complete, and equal to the code wherever the code can be read."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from domain.detectors import DETECTORS
from domain.event import TEST, TYPES
from openapi.document import Description, document, routes_in_code
from openapi.reader.reach import Reach
from openapi.rooms import rooms
from openapi.route import Room
from tests.stacks import LOCAL, ROOT, assembly, route_keys
from tests.test_docs import API, named
from wire.http.sign_in import OPEN_ROUTES

BOTH = pytest.mark.parametrize("auth", ["cognito", "none"])
EVERY_ROOM = pytest.mark.parametrize("room", rooms(), ids=lambda room: room.package)
SIGN_IN = ", refusal, detail,"
"""Refusals of the authorizer, which openapi.security adds."""


@cache
def described(auth: str = "cognito") -> Description:
    return document(rooms(), auth=auth, detectors=tuple(DETECTORS))


def operations(auth: str = "cognito") -> dict[str, dict[str, Any]]:
    """Return every operation by its route key."""
    paths = described(auth)["paths"].items()
    return {f"{method.upper()} {path}": operation for path, item in paths for method, operation in item.items()}


def problems(operation: dict[str, Any]) -> dict[str, str]:
    """Return the status of each error code of an operation."""
    found: dict[str, str] = {}
    for status, response in operation["responses"].items():
        for media in [response.get("content", {}).get("application/problem+json")]:
            codes = media["schema"]["allOf"][1]["properties"]["code"]["enum"] if media else ()
            found |= dict.fromkeys(codes, status)
    return found


def examples() -> Iterator[tuple[str, dict[str, Any], object]]:
    """Yield every example with its schema."""
    for key, operation in operations().items():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in [media for body in bodies for media in body.get("content", {}).values()]:
            if "example" in media:
                yield key, media["schema"], media["example"]
            for example in media.get("examples", {}).values():
                yield key, media["schema"], example["value"]


@BOTH
def test_the_description_is_valid_openapi(auth: str) -> None:
    assert described(auth)["openapi"].startswith("3.1.")
    validate(described(auth))


def test_every_route_of_the_templates_is_described_and_no_other() -> None:
    assert set(operations()) == route_keys() - {"$default"}


@EVERY_ROOM
def test_the_statuses_and_refusals_of_every_route_are_those_of_its_code(room: Room) -> None:
    coded = {key: Reach(code) for key, code in routes_in_code(room.package).items() if key != "$default"}
    assert set(room.routes) == set(coded)
    for key, reach in coded.items():
        route = room.routes[key]
        assert (key, set(route.responses)) == (key, {*reach.statuses(), *route.statuses})
        unreadable = [call for call in reach.unreadable() if SIGN_IN not in call]
        assert not unreadable or route.refusals, f"{key} must declare the codes of {unreadable}"


@EVERY_ROOM
def test_a_json_body_has_the_fields_of_the_code(room: Room) -> None:
    for key, code in routes_in_code(room.package).items():
        declared = room.routes[key].fields if key in room.routes else ()
        fields = {*Reach(code).fields(), *declared}
        if fields:
            body = operations()[key]["requestBody"]["content"]["application/json"]["schema"]
            assert (key, set(resolved(body)["properties"])) == (key, fields)


def test_every_parameter_is_described() -> None:
    found = [(key, parameter) for key, operation in operations().items() for parameter in operation["parameters"]]
    assert found
    assert not [
        (key, parameter["name"])
        for key, parameter in found
        if parameter["schema"] == {"type": "string"} and not parameter["description"]
    ]


def test_every_operation_has_a_unique_name_and_a_summary() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)
    assert not [key for key, operation in operations().items() if not re.match(r"[A-Z].{9,}", operation["summary"])]


def test_the_api_page_lists_every_error_code() -> None:
    codes = {code for operation in operations().values() for code in problems(operation)}
    assert {"url_blocked", "invalid_cursor", "no_such_webhook", "token_expired", "internal_error"} <= codes
    assert not {code for code in codes if not named(code).search(API)}


def test_the_api_page_has_the_status_of_every_error_code() -> None:
    rows = re.findall(r"^\| ((?:`\w+`,? ?)+) \| (\d{3}) \|", API, re.MULTILINE)
    listed = {code: status for codes, status in rows for code in re.findall(r"`(\w+)`", codes)}
    given: dict[str, set[str]] = {}
    for operation in operations().values():
        for code, status in problems(operation).items():
            given.setdefault(code, set()).add(status)
    assert listed
    assert not {code: statuses for code, statuses in given.items() if code in listed and listed[code] not in statuses}


def test_refusals_are_read_off_the_code() -> None:
    fetched, form = problems(operations()["POST /images"]), problems(operations()["POST /uploads"])
    assert fetched["dns_failure"] == fetched["url_blocked"] == "422"
    assert fetched["timeout"] == "504"
    assert "timeout" not in form
    assert "quota_exceeded" in form
    assert problems(operations()["GET /health"]).keys() == {"internal_error", "repeated_parameter", "unknown_parameter"}


def test_every_example_is_valid() -> None:
    found = list(examples())
    assert len(found) > 40
    for key, schema, example in found:
        errors = list(OAS31Validator(whole(schema)).iter_errors(example))
        assert not errors, f"{key}: {errors}"


def test_an_invalid_example_is_found() -> None:
    schema = next(schema for key, schema, _ in examples() if key == "GET /images")
    assert not OAS31Validator(whole(schema)).is_valid({"items": [{"name": "cat.png"}], "next_cursor": None})


def test_every_event_type_is_described_as_a_webhook() -> None:
    assert set(described()["webhooks"]) == {*TYPES, TEST}


def test_with_sign_in_there_is_a_scheme_and_open_routes_need_no_token() -> None:
    assert described()["security"] == [{"userPool": []}]
    assert described()["components"]["securitySchemes"]["userPool"]["scheme"] == "bearer"
    is_open = {key for key, operation in operations().items() if operation.get("security") == []}
    assert is_open == set(OPEN_ROUTES) - {"$default"}
    assert all(("401" in operation["responses"]) != (key in is_open) for key, operation in operations().items())


def test_without_sign_in_there_is_no_scheme_and_no_401() -> None:
    assert described("none")["security"] == []
    assert "securitySchemes" not in described("none")["components"]
    assert not [key for key, operation in operations("none").items() if "401" in operation["responses"]]


def test_no_object_is_composed_by_all_of_but_a_problem() -> None:
    """Some generators of clients lose the properties of a member."""
    composed = [part["allOf"][0] for part in parts(described()) if "allOf" in part]
    assert {part.get("$ref") for part in composed} == {"#/components/schemas/Problem"}


def test_every_schema_of_one_value_says_its_type() -> None:
    """Some generators of clients drop the response around a value without a type."""
    fixed = [part for part in parts(described()) if {"const", "enum"} & part.keys()]
    assert fixed
    assert not [part for part in fixed if "type" not in part]


def test_a_picture_as_a_body_is_also_described_as_any_bytes() -> None:
    bodies = [operation["requestBody"]["content"] for operation in operations().values() if "requestBody" in operation]
    pictures = [body for body in bodies if "image/*" in body]
    assert len(pictures) == 2
    assert all(body["application/octet-stream"] == body["image/*"] for body in pictures)


def test_the_detectors_are_those_of_the_deployment() -> None:
    description = document(rooms(), auth="none", detectors=["edge"])
    assert description["components"]["schemas"]["Detector"]["enum"] == ["edge"]


def test_no_zip_holds_the_declarations() -> None:
    bundles = assembly(**LOCAL) / "bundles"
    assert not [*bundles.rglob("openapi/*.py"), *bundles.rglob("openapi.py"), *bundles.rglob("schemas.py")]
    assert list(bundles.rglob("openapi.json"))
    assert not list((bundles / "api").rglob("openapi.json"))


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object within a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from parts(inner)


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with the components that it refers to."""
    return {"allOf": [schema], "components": described()["components"]}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: dict[str, Any] = described()["components"]["schemas"][name] if name else schema
    return found


def test_the_files_of_the_page_are_those_of_the_description() -> None:
    (file,) = operations()["GET /docs/{file}"]["parameters"]
    page = (ROOT / "api/docs/runtime/index.html").read_text()
    assert set(re.findall(r'(?:src|href)="docs/([^"]+)"', page)) == set(file["schema"]["enum"])
