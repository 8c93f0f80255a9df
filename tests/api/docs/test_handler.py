"""The description and its page, as the function shows them out of its own zip."""

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
from tests.stacks import LOCAL, assembly

API = "https://api.example/base"
GZIP = {"accept-encoding": "br, gzip"}


@pytest.fixture(scope="module")
def docs() -> Iterator[ModuleType]:
    """The handler's module beside the files that its zip holds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PUBLIC_URL", API)
        patched.setenv("AUTH", "cognito")
        import api.docs.runtime.handler

        made = importlib.reload(api.docs.runtime.handler)
        patched.setattr(made, "FOLDER", assembly(**LOCAL) / "bundles/api-docs/api/docs/runtime")
        yield made


def asked(docs: ModuleType, key: str, raw_path: str = "", **more: Any) -> dict[str, Any]:
    """The answer to a request with this route key, its body as a client unpacks it."""
    answer: dict[str, Any] = docs.handler(http_request(key, **more) | {"rawPath": raw_path}, None)
    body = base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
    return answer | {"body": gzip.decompress(body) if answer["headers"].get("content-encoding") == "gzip" else body}


def test_the_description_names_the_address_it_is_served_under_and_wants_no_token(docs: ModuleType) -> None:
    answer = asked(docs, "GET /openapi.json")
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/json")
    assert json.loads(answer["body"])["servers"] == [{"url": API}]


def test_the_page_asks_for_nothing_that_is_not_there(docs: ModuleType) -> None:
    page = asked(docs, "GET /docs")["body"].decode()
    files = re.findall(r'(?:src|href)="docs/([^"]+)"', page)
    assert len(files) == 4
    for name in files:
        answer = asked(docs, "GET /docs/{file}", path={"file": name})
        assert answer["statusCode"] == 200
        assert len(answer["body"]) > 100
    assert not re.search(r"https?://", page)


def test_nothing_but_the_deployment_s_own_files_may_run_or_be_asked(docs: ModuleType) -> None:
    header = asked(docs, "GET /docs")["headers"]["content-security-policy"]
    policy = dict(directive.split(" ", 1) for directive in header.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://api.example"
    assert policy["frame-ancestors"] == "'none'"


def test_what_is_large_goes_compressed_to_who_takes_that(docs: ModuleType) -> None:
    script = {"file": "swagger-ui-bundle.js"}
    plain = asked(docs, "GET /docs/{file}", path=script)
    small = asked(docs, "GET /docs/{file}", path=script, headers=GZIP)
    assert small["headers"]["content-encoding"] == "gzip"
    assert "content-encoding" not in plain["headers"]
    assert small["body"] == plain["body"]


@pytest.mark.parametrize("name", ["docs.py", "openapi.json", "../docs.py", "swagger-ui-bundle.js.map"])
def test_no_other_file_is_shown(docs: ModuleType, name: str) -> None:
    assert asked(docs, "GET /docs/{file}", path={"file": name})["statusCode"] == 404


def test_a_path_that_there_is_not_is_not_found(docs: ModuleType) -> None:
    answer = asked(docs, "$default", "/base/imags")
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "no_such_route")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/base/images", "GET, POST"),
        ("/images", "GET, POST"),
        ("/base/images/img_1/annotated", "GET"),
        ("/base/", "GET"),
        ("/base", "GET"),
    ],
)
def test_a_path_asked_with_a_method_that_it_does_not_know_says_which_it_knows(
    docs: ModuleType, path: str, allowed: str
) -> None:
    answer = asked(docs, "$default", path)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (405, "method_not_allowed")
    assert answer["headers"]["allow"] == allowed
