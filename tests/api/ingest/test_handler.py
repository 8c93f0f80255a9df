import base64
import gzip
import importlib
import json
import socket
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from hypothesis import given
from moto import mock_aws

from domain.image import image_key
from tests.builders import Context, http_request
from tests.hostile_json import NO_JSON, no_fixture_check, objects
from tests.loopback_server import LoopbackServer, chunked, response


@pytest.fixture
def upload(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The handler's module with the environment of `make run`."""
    settings = {"IMAGES_BUCKET": "images", "DETECTORS": "edge", "PUBLIC_URL": "https://api.example", "LOOPBACK": "true"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="images")
        import api.ingest.runtime.handler

        yield importlib.reload(api.ingest.runtime.handler)


def responded(upload: ModuleType, route: str, **given: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    result = upload.handler(http_request(route, **given), Context())
    return result["statusCode"], json.loads(result["body"]), result["headers"]


def posted(upload: ModuleType, given: dict[str, Any], route: str = "POST /images") -> tuple[int, dict[str, Any]]:
    status, body, _ = responded(upload, route, body=json.dumps(given), headers={"content-type": "application/json"})
    return status, body


def sent(upload: ModuleType, body: bytes, **given: Any) -> tuple[int, dict[str, Any]]:
    request = http_request("POST /images", body=base64.b64encode(body).decode(), **given) | {"isBase64Encoded": True}
    result = upload.handler(request, Context())
    return result["statusCode"], json.loads(result["body"])


def stored() -> list[str]:
    return [item["Key"] for item in boto3.client("s3").list_objects_v2(Bucket="images").get("Contents", [])]


def test_a_url_in_the_query_is_fetched_and_queued(upload: ModuleType, server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/cat.jpg"] = response(jpeg)
    status, body, headers = responded(upload, "GET /", query={"url": f"{server.url}/cat.jpg"})
    link = f"https://api.example/images/{body['image_id']}"
    assert (status, body["status"], body["links"], headers["location"]) == (202, "queued", {"self": link}, link)
    assert stored() == [image_key("public", body["image_id"], "cat.jpg")]
    assert boto3.client("s3").get_object(Bucket="images", Key=stored()[0])["Body"].read() == jpeg


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/a%20b%2Bc%25.jpg", {}, "a b+c%.jpg"),
        ("/%E7%8C%AB.jpg?size=large", {}, "猫.jpg"),
        ("/x.jpg", {"name": "Katze ü +%20 猫.jpg"}, "Katze ü +%20 猫.jpg"),
        ("/x.jpg", {"name": "../../x"}, "x"),
        ("/", {}, "image"),
    ],
)
def test_names_survive_to_the_key(
    upload: ModuleType, server: LoopbackServer, jpeg: bytes, path: str, query: dict[str, str], name: str
) -> None:
    server.responses[path] = response(jpeg)
    assert responded(upload, "GET /", query={"url": server.url + path} | query)[0] == 202
    assert stored()[0].rsplit("/", 1)[-1] == name


def test_a_raw_space_in_a_url_is_refused_in_every_way_in(upload: ModuleType, server: LoopbackServer) -> None:
    url = f"{server.url}/a b.jpg"
    status, problem, _ = responded(upload, "GET /", query={"url": url})
    assert (status, problem) == posted(upload, {"url": url})
    assert (status, problem["code"], server.requests) == (400, "invalid_url", [])


class CountingQuota:
    """A quota that lets everything pass, and counts."""

    uploads = 0

    def admit(self, owner: str, detector: str) -> None:
        self.uploads += 1

    def give_back(self, owner: str) -> None:
        self.uploads -= 1


@pytest.mark.parametrize(
    ("location", "code", "counted"), [("http://10.0.0.7/", "url_blocked", 0), ("/nothing", "upstream_status", 1)]
)
def test_a_blocked_url_uses_up_no_upload(
    upload: ModuleType, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, location: str, code: str, counted: int
) -> None:
    quota = CountingQuota()
    monkeypatch.setattr(upload, "QUOTA", quota)
    server.responses["/a"] = response(b"", f"Location: {location}", status="302 Found")
    assert posted(upload, {"url": f"{server.url}/a"})[1]["code"] == code
    assert quota.uploads == counted
    assert posted(upload, {"url": "http://10.0.0.7/"})[1]["code"] == "url_blocked"
    assert quota.uploads == counted


def test_without_a_url_the_short_form_redirects_to_the_list(upload: ModuleType) -> None:
    status, _, headers = responded(upload, "GET /")
    assert (status, headers["location"]) == (302, "https://api.example/images")


@pytest.mark.parametrize("route", ["POST /images", "POST /uploads"])
def test_unknown_fields_and_parameters_are_refused(upload: ModuleType, route: str) -> None:
    status, body, _ = responded(upload, route, body='{"url": "http://example.com/a.jpg", "color": "red"}')
    assert (status, body["code"]) == (400, "unknown_field")
    status, body, _ = responded(upload, route, query={"size": "big"}, body='{"url": "http://example.com/a.jpg"}')
    assert (status, body["code"]) == (400, "unknown_parameter")


def test_options_are_metadata_of_the_object_and_mark_its_key(
    upload: ModuleType, server: LoopbackServer, jpeg: bytes
) -> None:
    server.responses["/a"] = chunked(jpeg)
    status, body = posted(
        upload, {"url": f"{server.url}/a", "name": "b.jpg", "options": {"detector": "edge", "top_k": 3}}
    )
    key = image_key("public", body["image_id"], "b.jpg", has_options=True)
    assert (status, stored()) == (202, [key])
    assert boto3.client("s3").head_object(Bucket="images", Key=key)["Metadata"] == {"detector": "edge", "top-k": "3"}


def test_an_image_belongs_to_the_signed_in_owner(upload: ModuleType, jpeg: bytes) -> None:
    _, body = sent(upload, jpeg, query={"name": "a.jpg"}, owner="sub-1", headers={"content-type": "image/jpeg"})
    assert stored() == [image_key("sub-1", body["image_id"], "a.jpg")]


def test_bytes_are_stored_with_their_real_type(upload: ModuleType, jpeg: bytes) -> None:
    status, body = sent(upload, jpeg, query={"name": "bü+.jpg"}, headers={"content-type": "image/png"})
    key = image_key("public", body["image_id"], "bü+.jpg")
    assert (status, stored()) == (202, [key])
    found = boto3.client("s3").get_object(Bucket="images", Key=key)
    assert (found["Body"].read(), found["ContentType"]) == (jpeg, "image/jpeg")


def test_bytes_without_a_content_type_are_read_as_a_picture(upload: ModuleType, jpeg: bytes) -> None:
    assert sent(upload, jpeg, headers={"content-type": "application/x-www-form-urlencoded"})[0] == 202


def test_json_without_a_content_type_is_read_as_json(upload: ModuleType, server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = response(jpeg)
    assert sent(upload, json.dumps({"url": f"{server.url}/a"}).encode())[0] == 202


@pytest.mark.parametrize("content_type", ["image/jpeg", "application/octet-stream", "application/json"])
@pytest.mark.parametrize("body", [b"{}", b'{"0":255,"1":216}'])
def test_a_picture_that_was_made_json_on_its_way_gets_the_remedy(
    upload: ModuleType, content_type: str, body: bytes
) -> None:
    status, problem = sent(upload, body, headers={"content-type": content_type})
    assert (status, "bytes" in problem["detail"] or problem["code"] == "unknown_field") == (400, True)


def test_a_second_upload_of_the_same_name_keeps_the_first(upload: ModuleType, jpeg: bytes) -> None:
    for _ in range(2):
        sent(upload, jpeg, query={"name": "cat.jpg"})
    assert len(stored()) == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b"", 422, "empty"), (b"nothing to see", 415, "not_an_image"), (b"<svg/>", 415, "unsupported_format"),
     (b"\xff\xd8\xff" + bytes(4_500_000), 413, "too_large")],
)  # fmt: skip
def test_bytes_that_are_no_acceptable_picture_are_refused(
    upload: ModuleType, body: bytes, status: int, code: str
) -> None:
    assert _problem(sent(upload, body, headers={"content-type": "image/jpeg"})) == (status, code)
    assert stored() == []


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({}, 400, "invalid_url"),
        ({"url": 5}, 400, "invalid_url"),
        ({"url": "http://127.0.0.1\\@example.com/"}, 400, "invalid_url"),
        ({"url": "http://169.254.169.254/latest/meta-data/"}, 422, "url_blocked"),
        ({"url": "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next"}, 422, "url_blocked"),
        ({"url": "https://example.com/a", "name": ["x"]}, 400, "invalid_name"),
        ({"url": "https://example.com/a", "options": "edge"}, 400, "invalid_options"),
        ({"url": "https://example.com/a", "options": {"frob": 1}}, 400, "invalid_options"),
        ({"url": "https://example.com/a", "options": {"top_k": 0}}, 400, "invalid_options"),
        ({"url": "https://example.com/a", "options": {"detector": "rekognition"}}, 400, "detector_unavailable"),
    ],
)
def test_an_invalid_request_is_refused(upload: ModuleType, given: dict[str, Any], status: int, code: str) -> None:
    assert _problem(posted(upload, given)) == (status, code)
    assert stored() == []


def test_an_unknown_host_is_retryable(upload: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: Any, **more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    status, body = posted(upload, {"url": "http://nowhere.example/"})
    assert (status, body["code"], body["retryable"]) == (422, "dns_failure", True)


@pytest.mark.parametrize(
    ("upstream", "status", "code", "retryable"),
    [
        (response(b"", length=15 * 1024 * 1024 + 1), 413, "too_large", False),
        (response(b""), 422, "empty", False),
        (response(b"<html>"), 415, "not_an_image", False),
        (response(b"", status="404 Not Found"), 502, "upstream_status", False),
        (response(b"", status="503 Busy"), 502, "upstream_status", True),
        (response(b"", "Location: /cat.jpg", status="302 Found"), 422, "too_many_redirects", False),
        ([response(b"\xff\xd8\xff" + bytes(99), length=999)], 502, "connect_failed", True),
    ],
)  # fmt: skip
def test_a_failed_fetch_has_its_code_and_stores_nothing(
    upload: ModuleType, server: LoopbackServer, upstream: Any, status: int, code: str, retryable: bool
) -> None:
    server.responses["/cat.jpg"] = upstream
    responded_status, body = posted(upload, {"url": f"{server.url}/cat.jpg"})
    assert (responded_status, body["code"], body["retryable"]) == (status, code, retryable)
    assert stored() == []


@pytest.mark.parametrize(
    "loop_header", ["sightline", "cloudflare, sightline; v=1", "SightLine ;a=b", 'x;a=",",Sightline']
)
def test_a_fetch_that_is_redirected_back_to_the_api_is_refused(
    upload: ModuleType, server: LoopbackServer, loop_header: str
) -> None:
    query, headers = {"url": f"{server.url}/a"}, {"cdn-loop": loop_header}
    status, problem, _ = responded(upload, "GET /", query=query, headers=headers)
    assert (status, problem["code"], server.requests) == (422, "url_blocked", [])


@pytest.mark.parametrize("loop_header", ["sightlines", "my-sightline", "x; v=sightline", 'x; v="a, sightline, b"', ""])
def test_another_api_s_fetch_is_none_of_ours(
    upload: ModuleType, server: LoopbackServer, jpeg: bytes, loop_header: str
) -> None:
    server.responses["/a"] = response(jpeg)
    query, headers = {"url": f"{server.url}/a"}, {"cdn-loop": loop_header}
    assert responded(upload, "GET /", query=query, headers=headers)[0] == 202


def test_a_form_is_for_one_new_image(upload: ModuleType) -> None:
    given = {"name": "prä 1+2.jpg", "content_type": "image/jpeg", "options": {"top_k": 2}}
    status, body = posted(upload, given, "POST /uploads")
    assert status == 201
    assert body["upload"]["fields"]["key"] == image_key("public", body["image_id"], "prä 1+2.jpg", has_options=True)
    assert stored() == []


@pytest.mark.parametrize("content_type", [None, "image/svg+xml", "text/html", "image/*", ""])
def test_a_form_for_another_type_is_refused(upload: ModuleType, content_type: str | None) -> None:
    given = {"name": "x", "content_type": content_type}
    assert _problem(posted(upload, given, "POST /uploads")) == (415, "unsupported_format")


def test_health_is_ok(upload: ModuleType) -> None:
    assert responded(upload, "GET /health")[:2] == (200, {"status": "ok"})


def test_any_other_path_is_a_problem(upload: ModuleType) -> None:
    assert _problem(responded(upload, "$default")[:2]) == (404, "no_such_route")


def _problem(responded: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    status, body = responded
    return status, body["code"]


@pytest.mark.parametrize("route", ["POST /images", "POST /uploads"])
@no_fixture_check
@given(body=objects("url", "name", "options", "content_type"))
def test_no_json_fails_a_route(upload: ModuleType, route: str, body: str) -> None:
    assert responded(upload, route, body=body, headers={"content-type": "application/json"})[0] < 500


@pytest.mark.parametrize("route", ["POST /images", "POST /uploads"])
@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_a_body_that_is_no_json_object_is_refused(upload: ModuleType, route: str, body: bytes) -> None:
    request = http_request(route, body=base64.b64encode(body).decode(), headers={"content-type": "application/json"})
    response = upload.handler(request | {"isBase64Encoded": True}, Context())
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(
    "name", ["${filename}", "a/${filename}", "x${filename}y.jpg", "$${{filename}", "$\u202e{filename}"]
)
def test_a_form_is_valid_for_one_key_whatever_its_name(upload: ModuleType, name: str) -> None:
    status, body = posted(upload, {"name": name, "content_type": "image/png"}, "POST /uploads")
    fields = body["upload"]["fields"]
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert status == 201
    assert "${" not in fields["key"]
    assert {"key": fields["key"]} in conditions
    assert not [condition for condition in conditions if "starts-with" in condition]


def form(picture: bytes, *fields: tuple[str, str], name: str = "Kätzchen 猫.jpg") -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a form as curl -F sends it."""
    disposition = "--x\r\nContent-Disposition: form-data; name="
    parts = [f'{disposition}"{field}"\r\n\r\n{text}\r\n' for field, text in fields]
    parts.append(f'{disposition}"file"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n')
    return {"content-type": "multipart/form-data; boundary=x"}, "".join(parts).encode() + picture + b"\r\n--x--\r\n"


def test_a_form_with_a_file_is_stored_under_its_name_with_its_options(upload: ModuleType, jpeg: bytes) -> None:
    headers, body = form(jpeg, ("detector", "edge"), ("top_k", "3"))
    status, queued = sent(upload, body, headers=headers)
    key = image_key("public", queued["image_id"], "Kätzchen 猫.jpg", has_options=True)
    assert (status, stored()) == (202, [key])
    found = boto3.client("s3").get_object(Bucket="images", Key=key)
    assert (found["Body"].read(), found["Metadata"]) == (jpeg, {"detector": "edge", "top-k": "3"})


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ([("top_k", "１")], "invalid_options"),
        ([("detector", "rekognition")], "detector_unavailable"),
        ([("color", "red")], "unknown_field"),
        ([("name", "a"), ("name", "b")], "invalid_form"),
    ],
)
def test_an_invalid_field_of_a_form_is_refused(
    upload: ModuleType, jpeg: bytes, fields: list[tuple[str, str]], code: str
) -> None:
    headers, body = form(jpeg, *fields)
    assert _problem(sent(upload, body, headers=headers)) == (400, code)
    assert stored() == []


def test_the_name_of_a_form_may_be_a_field_or_a_parameter(upload: ModuleType, jpeg: bytes) -> None:
    headers, body = form(jpeg, ("name", "field.jpg"))
    assert sent(upload, body, headers=headers)[0] == 202
    assert sent(upload, body, headers=headers, query={"name": "parameter.jpg"})[0] == 202
    assert sorted(key.rsplit("/", 1)[-1] for key in stored()) == ["field.jpg", "parameter.jpg"]


MANGLED = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "headers", "word"),
    [
        (b"\x89PNG\x1a" + b"IHDR" * 9, MANGLED, "--data-binary"),
        (b"\xff\xd8\xff\xe0\x10JFIF" * 9, MANGLED, "--data-binary"),
        (b"url=https%3A%2F%2Fexample.com", MANGLED, "JSON"),
        (b"\x1f\x8b\x08\x00", {}, "gzip"),
        (b"/9j/4AAQSkZJRg==", {"content-type": "image/jpeg"}, "base64"),
        (b"data:image/png;base64,iVBORw0KGgo=", {}, "data URL"),
        (b'[{"url": "x"}]', {"content-type": "image/jpeg"}, "JSON"),
        (b"<html>", {}, "HTML"),
        (b"@cat.jpg", {}, "--data-binary"),
        (b"--x\r\n", {"content-type": "application/octet-stream"}, "multipart/form-data"),
    ],
)
def test_the_error_names_what_the_body_is_instead_of_a_picture(
    upload: ModuleType, body: bytes, headers: dict[str, str], word: str
) -> None:
    status, problem = sent(upload, body, headers=headers)
    assert (status, problem["code"]) == (415, "not_an_image")
    assert word in problem["detail"]


def test_an_encoded_body_is_refused(upload: ModuleType, jpeg: bytes) -> None:
    status, problem = sent(upload, gzip.compress(jpeg), headers={"content-encoding": "gzip"})
    assert (status, problem["code"]) == (415, "unsupported_encoding")


@pytest.mark.parametrize("coding", ["", "Identity", "base64", "aws-chunked", "UTF-8", "none", "binary", "binary, none"])
def test_a_coding_that_is_no_compression_is_of_no_importance(upload: ModuleType, jpeg: bytes, coding: str) -> None:
    assert sent(upload, jpeg, headers={"content-encoding": coding})[0] == 202


@pytest.mark.parametrize("path", ["/a+b.jpg", "/a%20b.jpg", "/a%2Bb.jpg?c=d+e&f", "/%FF.jpg", "/K\u00e4tzchen.jpg"])
def test_the_url_in_the_query_is_fetched_as_it_is_written(
    upload: ModuleType, server: LoopbackServer, jpeg: bytes, path: str
) -> None:
    target = quote(path, safe="/?%+=&")
    server.responses[target] = response(jpeg)
    assert responded(upload, "GET /", query={"url": server.url + path})[0] == 202
    request = http_request("GET /", query={"url": "seen as a form"}) | {
        "rawQueryString": f"url={server.url}{path.replace('%', '%25').replace('&', '%26')}"
    }
    assert upload.handler(request, Context())["statusCode"] == 202
    assert [line.split()[1] for line in server.requests] == [target, target]


def test_a_url_in_the_query_that_is_no_text_is_refused(upload: ModuleType) -> None:
    request = http_request("GET /", query={"url": "\ufffd"}) | {"rawQueryString": "url=http://example.com/%FF"}
    result = upload.handler(request, Context())
    assert (result["statusCode"], json.loads(result["body"])["code"]) == (400, "invalid_url")


def test_a_url_that_is_too_long_is_refused_as_such(upload: ModuleType) -> None:
    status, problem = posted(upload, {"url": "http://example.com/" + "a" * 2048})
    assert (status, problem["code"]) == (400, "invalid_url")
    assert "longer than 2048 characters" in problem["detail"]


@pytest.mark.parametrize("given", [{}, {"url": None}, {"name": "cat.jpg"}])
def test_a_missing_url_is_said_to_be_missing(upload: ModuleType, given: dict[str, Any]) -> None:
    status, problem = posted(upload, given)
    assert (status, problem["code"], problem["detail"][:15]) == (400, "invalid_url", "url is missing.")


@pytest.mark.parametrize("kind", ["Application/JSON; charset=utf-8", "application/ld+json"])
def test_the_content_type_of_json_is_read_in_any_case(upload: ModuleType, kind: str) -> None:
    status, body, _ = responded(upload, "POST /images", body='{"url": 5}', headers={"content-type": kind})
    assert (status, body["code"]) == (400, "invalid_url")


@pytest.mark.parametrize("way", ["url", "form", "file"])
def test_a_model_that_is_not_listed_is_refused_on_every_way_in(
    upload: ModuleType, jpeg: bytes, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    listed = b'{"items": [{"detector": "edge", "name": "animals", "version": "2.0.0"}]}'
    monkeypatch.setattr(upload.MODELS, "_read", lambda headers: listed)
    options = {"model": "typo"}
    headers, body = form(jpeg, ("model", "typo"))
    ways: dict[str, Callable[[], tuple[int, dict[str, Any]]]] = {
        "url": lambda: posted(upload, {"url": "https://example.com/a", "options": options}),
        "form": lambda: posted(upload, {"content_type": "image/png", "options": options}, "POST /uploads"),
        "file": lambda: sent(upload, body, headers=headers),
    }
    assert _problem(ways[way]()) == (400, "unknown_model")
    assert stored() == []
