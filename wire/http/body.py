"""A picture sent as a request's body: check its size and its first bytes before any other step."""

from domain.image_type import HEAD, ImageTypeError, image_type
from wire.http.api import ApiError, Request

LARGEST = 4_500_000
"""Bytes. Lambda accepts 6 MB, and API Gateway encodes the body as base64: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

FORM_ENCODED = "application/x-www-form-urlencoded"
"""The default type of curl -d and curl --data-binary."""

_HOW = "Send the picture itself: curl --data-binary @cat.jpg, or curl -F file=@cat.jpg."
_CAUSES = {
    b"\x1f\x8b": f"The body is compressed with gzip. {_HOW}",
    b"PK\x03\x04": f"The body is a ZIP archive. {_HOW}",
    b"{": f"The body is JSON. {_HOW} POST /images takes a URL as JSON.",
    b"[": f"The body is JSON. {_HOW} POST /images takes a URL as JSON.",
    b"url=": 'The body is a form field. Send a URL to POST /images as JSON: {"url": "https://…"}.',
    b"http": 'The body is a URL. Send it to POST /images as JSON: {"url": "https://…"}.',
    b"data:": f"The body is a data URL. {_HOW}",
    b"/9j/": f"The body is base64 text. {_HOW}",
    b"iVBORw0KGgo": f"The body is base64 text. {_HOW}",
    b"R0lGOD": f"The body is base64 text. {_HOW}",
    b"UklGR": f"The body is base64 text. {_HOW}",
    b"--": "The body is a form, but its Content-Type is not multipart/form-data with the form's boundary.",
    b"@": f"The body is the name of a file. {_HOW}",
    b"<": f"The body is HTML or XML. {_HOW}",
}
"""Causes and remedies by the first bytes of a body that is no picture."""


def media_type(request: Request) -> str:
    """Return the media type of a request's body in lower case, without parameters; empty if it has none."""
    return request.get("headers", {}).get("content-type", "").partition(";")[0].strip().lower()


def image_body_type(body: bytes, sent_as: str = "") -> str:
    """Return the content type of the picture in a body of the media type `sent_as`; raises ApiError 413, 415 or 422."""
    if not body:
        raise ApiError(422, "empty", f"The body is empty. {_HOW}")
    if len(body) > LARGEST:
        raise ApiError(413, "too_large", "A body may have up to 4.5 MB; POST /uploads accepts pictures up to 15 MiB.")
    cause = next((text for start, text in _CAUSES.items() if body.lstrip()[: len(start)] == start), None)
    if sent_as == FORM_ENCODED and not cause and not any(byte in body for byte in (b"\0", b"\r", b"\n")):
        detail = "curl -d removes line ends and zero bytes, so this is no picture any more. Use --data-binary, or -F."
        raise ApiError(415, "not_an_image", detail)
    try:
        return image_type(body[:HEAD])
    except ImageTypeError as error:
        raise ApiError(415, error.code, cause or error.detail) from error
