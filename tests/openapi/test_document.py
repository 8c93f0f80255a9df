"""The API's description: made of the code, whole, and true wherever the code can tell."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from domain.detectors import DETECTORS
from domain.event import TEST, TYPES
from openapi.document import coded_routes, document
from openapi.reader.reach import Reach
from openapi.rooms import rooms
from openapi.route import Room
from tests.stacks import LOCAL, ROOT, assembly, resources
from tests.test_docs import API, named
from wire.http.sign_in import OPEN_ROUTES

BOTH = pytest.mark.parametrize("auth", ["cognito", "none"])
EACH = pytest.mark.parametrize("room", rooms(), ids=lambda room: room.package)
METHODS = ("get", "post", "patch", "delete")


@cache
def described(auth: str = "cognito") -> dict[str, Any]:
    return document(rooms(), auth=auth, detectors=tuple(DETECTORS))


def operations(auth: str = "cognito") -> dict[str, dict[str, Any]]:
    """Every operation by its route key."""
    paths = described(auth)["paths"].items()
    return {f"{method.upper()} {path}": said for path, item in paths for method, said in item.items()}


def problems(operation: dict[str, Any]) -> dict[str, str]:
    """The status of each error code that an operation answers with."""
    found: dict[str, str] = {}
    for status, answer in operation["responses"].items():
        for media in [answer.get("content", {}).get("application/problem+json")]:
            codes = media["schema"]["allOf"][1]["properties"]["code"]["enum"] if media else ()
            found |= dict.fromkeys(codes, status)
    return found


def examples() -> Iterator[tuple[str, dict[str, Any], object]]:
    """Every example with the schema it is one of."""
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
    routes = {route["Properties"]["RouteKey"] for _, route in resources("AWS::ApiGatewayV2::Route")}
    assert set(operations()) == routes - {"$default"}


@EACH
def test_every_route_s_answers_and_refusals_are_those_of_its_code(room: Room) -> None:
    coded = {key: Reach(code) for key, code in coded_routes(room.package).items() if key != "$default"}
    assert set(room.routes) == set(coded)
    for key, reach in coded.items():
        assert (key, set(room.routes[key].answers)) == (key, reach.statuses())
        elsewhere = [said for said in reach.untold() if "said['refusal']" not in said]
        assert not elsewhere or room.routes[key].refusals, f"{key} should say which codes these can be: {elsewhere}"


@EACH
def test_a_json_body_has_the_fields_that_the_code_knows(room: Room) -> None:
    for key, code in coded_routes(room.package).items():
        known = Reach(code).fields()
        if known:
            body = operations()[key]["requestBody"]["content"]["application/json"]["schema"]
            assert (key, set(resolved(body)["properties"])) == (key, set(known))


def test_every_parameter_is_described() -> None:
    said = [(key, each["name"], each) for key, operation in operations().items() for each in operation["parameters"]]
    assert said
    assert not [
        (key, name) for key, name, each in said if each["schema"] == {"type": "string"} and not each["description"]
    ]


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)
    assert not [key for key, operation in operations().items() if not re.match(r"[A-Z].{9,}", operation["summary"])]


def test_every_error_code_is_one_that_the_api_page_lists() -> None:
    codes = {code for operation in operations().values() for code in problems(operation)}
    assert {"url_blocked", "invalid_cursor", "no_such_webhook", "token_expired", "internal_error"} <= codes
    assert not {code for code in codes if not named(code).search(API)}


def test_an_error_code_has_one_status_wherever_it_is_answered_and_the_page_says_so() -> None:
    rows = re.findall(r"^\| ((?:`\w+`,? ?)+) \| (\d{3}) \|", API, re.MULTILINE)
    listed = {code: status for codes, status in rows for code in re.findall(r"`(\w+)`", codes)}
    given: dict[str, set[str]] = {}
    for operation in operations().values():
        for code, status in problems(operation).items():
            given.setdefault(code, set()).add(status)
    assert listed
    assert not {code: statuses for code, statuses in given.items() if code in listed and listed[code] not in statuses}


def test_refusals_are_read_off_the_code_they_come_from() -> None:
    fetched, form = problems(operations()["POST /images"]), problems(operations()["POST /uploads"])
    assert fetched["dns_failure"] == fetched["url_blocked"] == "422"
    assert fetched["timeout"] == "504"
    assert "timeout" not in form
    assert "quota_exceeded" in form
    assert problems(operations()["GET /health"]) == {"internal_error": "500"}


def test_every_example_is_one_of_its_schema() -> None:
    seen = list(examples())
    assert len(seen) > 40
    for key, schema, example in seen:
        errors = list(OAS31Validator(whole(schema)).iter_errors(example))
        assert not errors, f"{key}: {errors}"


def test_an_example_that_is_none_would_be_noticed() -> None:
    _, schema, _ = next(each for each in examples() if each[0] == "GET /images")
    assert not OAS31Validator(whole(schema)).is_valid({"items": [{"name": "cat.png"}], "next_cursor": None})


def test_every_event_type_is_described_as_a_webhook() -> None:
    assert set(described()["webhooks"]) == {*TYPES, TEST}


def test_where_people_sign_in_the_scheme_is_named_and_the_open_routes_are_open() -> None:
    assert described()["security"] == [{"userPool": []}]
    assert described()["components"]["securitySchemes"]["userPool"]["scheme"] == "bearer"
    is_open = {key for key, operation in operations().items() if operation.get("security") == []}
    assert is_open == set(OPEN_ROUTES) - {"$default"}
    assert all(("401" in operation["responses"]) != (key in is_open) for key, operation in operations().items())


def test_where_nobody_signs_in_nothing_is_said_of_it() -> None:
    assert "security" not in described("none")
    assert "securitySchemes" not in described("none")["components"]
    assert not [key for key, operation in operations("none").items() if "401" in operation["responses"]]


def test_a_deployment_s_own_detectors_are_named() -> None:
    made = document(rooms(), auth="none", detectors=["edge"])
    assert made["components"]["schemas"]["Detector"]["enum"] == ["edge"]


def test_what_describes_the_routes_is_in_no_zip() -> None:
    bundles = assembly(**LOCAL) / "bundles"
    assert not [*bundles.rglob("openapi/*.py"), *bundles.rglob("routes.py"), *bundles.rglob("forms.py")]
    assert [each.relative_to(bundles) for each in bundles.rglob("openapi.json")]
    assert not list((bundles / "api").rglob("openapi.json"))


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the components that it refers to."""
    return {"allOf": [schema], "components": described()["components"]}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: dict[str, Any] = described()["components"]["schemas"][name] if name else schema
    return found


def test_the_page_s_files_are_those_that_the_description_names() -> None:
    (file,) = operations()["GET /docs/{file}"]["parameters"]
    page = (ROOT / "api/docs/runtime/index.html").read_text()
    assert set(re.findall(r'(?:src|href)="docs/([^"]+)"', page)) == set(file["schema"]["enum"])
