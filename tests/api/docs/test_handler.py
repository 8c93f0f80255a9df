"""The description and its page, as the function serves them from its own zip."""

import base64
import gzip
import importlib
import json
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.builders import http_request
from tests.stacks import LOCAL, assembly, resources

API = "https://api.example/base"
GZIP = {"accept-encoding": "br, gzip"}


@pytest.fixture(scope="module")
def docs() -> Iterator[ModuleType]:
    """The handler's module beside the files that its zip holds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PUBLIC_URL", API)
        patched.setenv("AUTH", "cognito")
        import api.docs.runtime.handler

        module = importlib.reload(api.docs.runtime.handler)
        patched.setattr(module, "FOLDER", assembly(**LOCAL) / "bundles/api-docs/api/docs/runtime")
        yield module


def request(docs: ModuleType, key: str, raw_path: str = "", **more: Any) -> dict[str, Any]:
    """Return the response to a request with this route key, its body decoded and decompressed."""
    response: dict[str, Any] = docs.handler(http_request(key, **more) | {"rawPath": raw_path}, None)
    body = base64.b64decode(response["body"]) if response.get("isBase64Encoded") else response["body"].encode()
    return response | {"body": gzip.decompress(body) if response["headers"].get("content-encoding") == "gzip" else body}


def test_the_description_names_its_server_and_needs_no_token(docs: ModuleType) -> None:
    response = request(docs, "GET /openapi.json")
    assert (response["statusCode"], response["headers"]["content-type"]) == (200, "application/json")
    assert json.loads(response["body"])["servers"] == [{"url": API}]


def test_every_file_of_the_page_exists_and_none_is_of_another_server(docs: ModuleType) -> None:
    page = request(docs, "GET /docs")["body"].decode()
    files = re.findall(r'(?:src|href)="docs/([^"]+)"', page)
    assert len(files) == 4
    for name in files:
        response = request(docs, "GET /docs/{file}", path={"file": name})
        assert response["statusCode"] == 200
        assert len(response["body"]) > 100
    assert not re.search(r"https?://", page)


def test_the_content_security_policy_allows_only_the_deployment(docs: ModuleType) -> None:
    header = request(docs, "GET /docs")["headers"]["content-security-policy"]
    policy = dict(directive.split(" ", 1) for directive in header.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://api.example"
    assert policy["frame-ancestors"] == "'none'"


def test_a_large_file_is_compressed_for_clients_that_accept_gzip(docs: ModuleType) -> None:
    script = {"file": "swagger-ui-bundle.js"}
    plain = request(docs, "GET /docs/{file}", path=script)
    small = request(docs, "GET /docs/{file}", path=script, headers=GZIP)
    assert small["headers"]["content-encoding"] == "gzip"
    assert "content-encoding" not in plain["headers"]
    assert small["body"] == plain["body"]


@pytest.mark.parametrize("name", ["docs.py", "openapi.json", "../docs.py", "swagger-ui-bundle.js.map"])
def test_any_other_file_is_not_found(docs: ModuleType, name: str) -> None:
    assert request(docs, "GET /docs/{file}", path={"file": name})["statusCode"] == 404


def test_an_unknown_path_is_not_found(docs: ModuleType) -> None:
    response = request(docs, "$default", "/base/imags")
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (404, "no_such_route")


@pytest.mark.parametrize("path", ["/base/images", "/base/", "/base/nowhere", "/base/images/img_1/nowhere"])
def test_options_is_allowed_on_every_path_for_pages_of_other_origins(docs: ModuleType, path: str) -> None:
    event = http_request("$default", headers={"origin": "https://page.example"}) | {"rawPath": path}
    event["requestContext"] |= {"http": {"method": "OPTIONS", "path": path}}
    response = docs.handler(event, None)
    assert response["statusCode"] == 204
    assert not response.get("body")
    assert response["headers"]["access-control-allow-origin"] == "*"
    assert "authorization" in response["headers"]["access-control-allow-headers"]
    assert "x-amzn-remapped-www-authenticate" in response["headers"]["access-control-expose-headers"]
    assert response["headers"]["x-request-id"]


def test_a_preflight_response_says_what_the_api_s_configuration_says(docs: ModuleType) -> None:
    ((_, api),) = resources("AWS::ApiGatewayV2::Api")
    cors = api["Properties"]["CorsConfiguration"]
    assert {
        "access-control-allow-origin": ", ".join(cors["AllowOrigins"]),
        "access-control-allow-methods": ", ".join(cors["AllowMethods"]),
        "access-control-allow-headers": ", ".join(cors["AllowHeaders"]),
        "access-control-expose-headers": ", ".join(cors["ExposeHeaders"]),
        "access-control-max-age": str(cors["MaxAge"]),
    } == docs.PREFLIGHT


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/base/images", "GET, HEAD, POST"),
        ("/images", "GET, HEAD, POST"),
        ("/base/images/img_1/annotated", "GET, HEAD"),
        ("/base/", "GET, HEAD"),
        ("/base", "GET, HEAD"),
    ],
)
def test_a_response_to_an_unknown_method_lists_the_known_ones(docs: ModuleType, path: str, allowed: str) -> None:
    response = request(docs, "$default", path)
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (405, "method_not_allowed")
    assert response["headers"]["allow"] == allowed
    assert f" {allowed}." in json.loads(response["body"])["detail"]
