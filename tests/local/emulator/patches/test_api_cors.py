"""The CORS of the emulator's API, without an emulator: MiniStack's own functions are replaced by recordings."""

import asyncio
from typing import Any

import pytest
from ministack.services import apigateway

from local.emulator.patches import api_cors
from local.emulator.patches.iam.permission import Response

CONFIGURATION = {
    "AllowOrigins": ["*"],
    "AllowMethods": ["*"],
    "AllowHeaders": ["authorization"],
    "ExposeHeaders": ["location"],
    "MaxAge": 3600,
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An API as CloudFormation stores it; `method` is the method that its route's function gets."""
    stored: dict[str, Any] = {"corsConfiguration": CONFIGURATION}

    async def respond(*arguments: Any) -> Response:
        stored["method"] = arguments[-2]
        return Response(204, {"x-request-id": "r"}, b"")

    monkeypatch.setattr(apigateway, "_apis", {"api": stored})
    monkeypatch.setattr(api_cors, "_execute", respond)
    return stored


def execute(method: str) -> Response:
    return asyncio.run(api_cors.execute("api", "$default", "/images", method, {"origin": "https://page.example"}))


def test_the_configuration_of_a_template_is_read(api: dict[str, Any]) -> None:
    execute("GET")
    assert api["corsConfiguration"]["allowOrigins"] == ["*"]
    execute("GET")
    assert api["corsConfiguration"]["maxAge"] == 3600


def test_options_reaches_a_route_and_gets_the_headers_of_a_preflight_response(api: dict[str, Any]) -> None:
    response = execute("OPTIONS")
    assert (response.status, api["method"]) == (204, "options")
    assert response.headers["x-request-id"] == "r"
    assert response.headers["Access-Control-Allow-Headers"] == "authorization"
    assert response.headers["Access-Control-Max-Age"] == "3600"


def test_the_cors_headers_of_a_function_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def respond(*arguments: Any, **more: Any) -> Response:
        return Response(204, {"access-control-allow-origin": "https://own.example", "allow": arguments[4]}, b"")

    monkeypatch.setattr(api_cors, "_invoke", respond)
    response = asyncio.run(api_cors.invoke({}, "api", "$default", "/images", "options", {}))
    assert response.headers == {"allow": "OPTIONS"}
