"""A picture in a request: as the whole body, or as the file of a form (multipart/form-data, RFC 7578).

`curl -F file=@cat.jpg` sends such a form, and so does a browser. It is read by the standard library's parser of MIME.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from wire.http.api import ApiError, Request, excerpt, raw_body
from wire.http.body import media_type

if TYPE_CHECKING:
    from email.message import Message

_FORM = "multipart/form-data"
_MOST_PARTS = 20
_LONGEST_FIELD = 1000
"""Bytes."""
_NO_FORM = "The body is no complete form; curl -F file=@cat.jpg sends one, with its Content-Type."


class Picture(NamedTuple):
    """The bytes of a picture, the name of its file if it is known, and the other fields of its form."""

    body: bytes
    name: str | None
    fields: Mapping[str, str]


def read_picture(request: Request, *names: str) -> Picture:
    """Return the first file of a form that may have fields of these names, or the whole body if it is no form.

    Raises ApiError 400 `invalid_form` or `unknown_field`.
    """
    body = raw_body(request)
    if media_type(request) != _FORM:
        return Picture(body, None, {})
    parts = list(_parts(request["headers"]["content-type"], body))
    files = [part for part in parts if part.is_file]
    if not files:
        detail = "The form has no file; send one: curl -F file=@cat.jpg. A URL is sent as JSON, to POST /images."
        raise ApiError(400, "invalid_form", detail)
    return Picture(files[0].content, files[0].file_name, _fields([part for part in parts if not part.is_file], names))


class _Part(NamedTuple):
    name: str
    file_name: str | None
    is_file: bool
    content: bytes


def _parts(content_type: str, body: bytes) -> Iterator[_Part]:
    from email.parser import BytesParser  # late: few requests are forms

    header = f"Content-Type: {content_type}\r\n\r\n".encode(errors="replace")
    try:
        form = BytesParser().parsebytes(header, headersonly=True)
        boundary = (form.get_boundary() or "").encode()
        if not boundary or body.count(b"--" + boundary) > _MOST_PARTS + 1:
            raise ApiError(400, "invalid_form", f"A form has a boundary and at most {_MOST_PARTS} parts.")
        form = BytesParser().parsebytes(header + body)
    except (LookupError, RecursionError, UnicodeError, ValueError) as error:
        raise ApiError(400, "invalid_form", _NO_FORM) from error
    if not form.is_multipart() or form.defects:
        raise ApiError(400, "invalid_form", _NO_FORM)
    for part in form.get_payload():
        yield _part(part)  # type: ignore[arg-type]  # the payload of a multipart message is a list of messages


def _part(part: "Message") -> _Part:
    content = part.get_payload(decode=True)
    disposition = _disposition(part)
    name = disposition.get_param("name", header="content-disposition")
    if not isinstance(content, bytes) or not isinstance(name, str):
        raise ApiError(400, "invalid_form", _NO_FORM)
    file_name = disposition.get_filename()
    is_file = file_name is not None or part.get_content_maintype() == "image"
    return _Part(name, file_name, is_file, content)


def _disposition(part: "Message") -> "Message":
    """Return a message with the Content-Disposition of a part, whose bytes are UTF-8."""
    from email.message import Message

    message = Message()
    for name, value in part.raw_items():
        if name.lower() == "content-disposition":
            text = str(value).encode(errors="surrogateescape").decode(errors="replace")
            message["content-disposition"] = text
    return message


def _fields(parts: list[_Part], names: tuple[str, ...]) -> dict[str, str]:
    """Return the fields of a form; raises ApiError 400."""
    fields: dict[str, str] = {}
    for part in parts:
        if part.name not in names:
            detail = f"Unknown field {excerpt(part.name)}; beside its file, the form may have: {', '.join(names)}."
            raise ApiError(400, "unknown_field", detail)
        if part.name in fields or len(part.content) > _LONGEST_FIELD:
            raise ApiError(400, "invalid_form", f"The form has {excerpt(part.name)} twice, or too long.")
        try:
            fields[part.name] = part.content.decode()
        except UnicodeDecodeError as error:
            raise ApiError(400, "invalid_form", "A field of the form is no UTF-8.") from error
    return fields
