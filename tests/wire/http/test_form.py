"""A picture as the file of a form: its bytes and its name arrive unchanged, and what is no form is refused."""

import base64
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import http_request
from tests.hostile_json import no_fixture_check
from tests.photographs import photograph
from wire.http.api import ApiError
from wire.http.form import Picture, read_picture

NAMES = ("name", "top_k")


def form(files: Any, fields: Any = None) -> tuple[str, bytes]:
    """Return the Content-Type and the body of a form."""
    prepared = requests.Request("POST", "http://api.example/", files=files, data=fields).prepare()
    assert isinstance(prepared.body, bytes)
    return prepared.headers["Content-Type"], prepared.body


def read(content_type: str, body: bytes) -> Picture:
    headers = {"content-type": content_type}
    request = http_request("POST /images", body=base64.b64encode(body).decode(), headers=headers)
    return read_picture(request | {"isBase64Encoded": True}, *NAMES)


def code(content_type: str, body: bytes) -> tuple[int, str]:
    with pytest.raises(ApiError) as refused:
        read(content_type, body)
    return refused.value.status, refused.value.code


def test_the_first_file_is_taken_with_its_name_and_the_fields() -> None:
    files = [("file", ("Kätzchen 猫.jpg", photograph())), ("other", ("dog.jpg", b"dog"))]
    assert read(*form(files, {"top_k": "3"})) == Picture(photograph(), "Kätzchen 猫.jpg", {"top_k": "3"})


def test_a_form_as_curl_sends_it_is_read() -> None:
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="Kätzchen.jpg"\r\n'.encode()
    body = head + b"Content-Type: image/jpeg\r\n\r\n\xff\xd8\r\n\r\xff\r\n--x--\r\n"
    assert read("multipart/form-data; boundary=x", body) == Picture(b"\xff\xd8\r\n\r\xff", "Kätzchen.jpg", {})
    assert read('Multipart/Form-Data; Boundary="x"', body).body == b"\xff\xd8\r\n\r\xff"


@no_fixture_check
@given(content=st.binary(max_size=300) | st.lists(st.sampled_from([b"\r", b"\n", b"--", b"\0", b"\xff"])).map(b"".join))
def test_no_byte_of_a_file_is_lost(content: bytes) -> None:
    assert read(*form({"file": ("a.jpg", content)})).body == content


def test_a_picture_without_a_file_name_is_a_file() -> None:
    assert read(*form({"file": (None, b"x", "image/png")})) == Picture(b"x", None, {})


def test_a_body_that_is_no_form_is_the_picture() -> None:
    assert read("image/jpeg", b"\xff\xd8") == Picture(b"\xff\xd8", None, {})


FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nJPEG\r\n'
FIELD = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
END = b"--x--\r\n"
NO_FORMS = {
    "empty": b"",
    "no boundary in it": b"JPEG",
    "no end": FILE,
    "no file": FIELD % (b"name", b"cat.jpg") + END,
    "no name": b'--x\r\nContent-Disposition: form-data; filename="a.jpg"\r\n\r\nJPEG\r\n' + END,
    "no disposition": b"--x\r\n\r\nJPEG\r\n" + END,
    "too many parts": FILE * 21 + END,
    "a field twice": FILE + FIELD % (b"name", b"a") * 2 + END,
    "a field that is too long": FILE + FIELD % (b"name", b"a" * 1001) + END,
    "a field that is no UTF-8": FILE + FIELD % (b"name", b"\xff") + END,
    "a form in the form": b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
    b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nJPEG\r\n--y--\r\n" + END,
}


@pytest.mark.parametrize("body", NO_FORMS.values(), ids=NO_FORMS)
def test_what_is_no_form_with_a_file_is_refused(body: bytes) -> None:
    assert code("multipart/form-data; boundary=x", body) == (400, "invalid_form")


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data;"]
)
def test_a_form_without_its_boundary_is_refused(content_type: str) -> None:
    assert code(content_type, FILE + END) == (400, "invalid_form")


def test_a_field_that_the_route_does_not_know_is_refused() -> None:
    assert code("multipart/form-data; boundary=x", FILE + FIELD % (b"color", b"red") + END) == (400, "unknown_field")


@no_fixture_check
@given(body=st.lists(st.sampled_from([FILE, END, b"--x\r\n", b"\r\n", b"Content-Type: message/rfc822\r\n", b"\xff"])))
def test_no_form_is_a_failure(body: list[bytes]) -> None:
    try:
        read("multipart/form-data; boundary=x", b"".join(body))
    except ApiError as error:
        assert error.status == 400  # noqa: PT017 (either outcome is fine)
