"""Declarations that add to what is read off the code: of a route, and of an event type."""

from dataclasses import replace

import pytest

from domain.event import ERASED, EVENT_TYPES, TEST, EventType
from openapi.document import routes_in_code
from openapi.events import webhooks
from openapi.operation import operation
from openapi.reader.source import Definition
from openapi.rooms import rooms
from openapi.route import Response, Route


def listing() -> Definition:
    """Return the code of a route that has query parameters and refusals."""
    return routes_in_code("recognition.images")["GET /images"]


def test_declared_parameters_statuses_and_refusals_add_to_those_of_the_code() -> None:
    read = operation("GET /images", listing(), Route(responses={}), {}, ())
    route = Route(
        {200: Response("Read."), 207: Response("Declared.")},
        statuses=[207],
        parameters={"color": {"type": "string", "description": "A color."}},
        refusals={"busy": 503},
    )
    declared = operation("GET /images", listing(), route, {}, ())
    assert [parameter["name"] for parameter in read["parameters"]] + ["color"] == [
        parameter["name"] for parameter in declared["parameters"]
    ]
    assert set(declared["responses"]) == {*read["responses"], "207", "503"}
    assert "`busy`" in declared["responses"]["503"]["description"]


def test_declared_statuses_have_a_response_where_none_is_described() -> None:
    described = operation("GET /images", listing(), Route(responses={}, statuses=[207]), {}, ())
    assert {"200", "207"} <= set(described["responses"])


def test_a_declared_parameter_of_the_path_is_not_one_of_the_query() -> None:
    route = Route(responses={}, parameters={"image_id": {"type": "string"}})
    code = routes_in_code("recognition.images")["GET /images/{image_id}"]
    parameters = operation("GET /images/{image_id}", code, route, {}, ())["parameters"]
    assert [parameter["in"] for parameter in parameters if parameter["name"] == "image_id"] == ["path"]


def test_an_event_type_without_a_schema_is_named() -> None:
    without = [replace(room, events={name: data for name, data in room.events.items() if name != ERASED})
               for room in rooms()]  # fmt: skip
    with pytest.raises(ValueError, match=ERASED):
        webhooks(without)


def test_a_schema_without_an_event_type_is_named() -> None:
    first, *others = rooms()
    with pytest.raises(ValueError, match=r"image\.invented"):
        webhooks([replace(first, events={"image.invented": {}}), *others])


def test_an_event_type_is_declared_once_with_a_sentence() -> None:
    for name, published in ((TEST, "Declared again."), ("image.invented", "")):
        with pytest.raises(ValueError, match=name):
            EventType(name, published)
    assert "image.invented" not in EVENT_TYPES
