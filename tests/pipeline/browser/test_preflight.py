"""Preflight requests: OPTIONS on every path, known or not, from a page of another origin and without a token."""

import pytest
import requests

from local.deployment import Deployment
from tests.pipeline.account import route_keys

UNKNOWN = ("/", "/nowhere", "/images/img_1/nowhere", "/a/b/c/d", "/imag%20es", "/docs/../x", "//images")
ORIGIN = "https://page.example"


def preflight(deployment: Deployment, path: str, method: str) -> requests.Response:
    """Return the response to a browser's preflight request for a request with a token."""
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return requests.options(deployment.endpoints.api + path, headers=headers, timeout=60)


def requested(deployment: Deployment) -> list[tuple[str, str]]:
    """Return a method and path for every route, and for paths that no route has."""
    known = [key.partition(" ")[::2] for key in sorted(route_keys(deployment)) if key != "$default"]
    return [*known, *((method, path) for path in UNKNOWN for method in ("GET", "POST", "BREW"))]


@pytest.mark.parametrize("name", ["deployment", "guarded"])
def test_a_preflight_request_is_allowed_on_every_path(name: str, request: pytest.FixtureRequest) -> None:
    deployment: Deployment = request.getfixturevalue(name)
    for method, path in requested(deployment):
        response = preflight(deployment, path, method)
        where = f"{method} {path}"
        assert (response.status_code, response.content) == (204, b""), where
        allowed = {name.lower(): value for name, value in response.headers.items()}
        assert allowed["access-control-allow-origin"] in ("*", ORIGIN), where
        assert {"*", method} & set(allowed["access-control-allow-methods"].replace(" ", "").split(",")), where
        names = allowed["access-control-allow-headers"].lower().replace(" ", "").split(",")
        assert {"authorization", "content-type"} <= set(names), where
        assert int(allowed["access-control-max-age"]) > 0, where


def test_options_of_no_page_gets_the_same_status(deployment: Deployment) -> None:
    assert requests.options(f"{deployment.endpoints.api}/images", timeout=60).status_code == 204
