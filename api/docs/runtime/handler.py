"""Routes GET /openapi.json, GET /docs and its files, and `$default` for every other path."""

import base64
import gzip
import json
import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from api.docs.runtime.methods import Description, methods
from wire.http.api import ApiError, Request, Response, method, only_query, path, respond
from wire.http.cors import PREFLIGHT

FOLDER = Path(__file__).parent
PUBLIC_URL = os.environ["PUBLIC_URL"]
FILES = {
    "favicon-32x32.png": "image/png",
    "page.js": "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}

_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_URL))
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        f"connect-src 'self' {_ORIGIN}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "cache-control": "max-age=3600",
    "content-security-policy": _CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
}


def handler(event: Request, context: object) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def describe(request: Request) -> Response:
    """GET /openapi.json: this description, as OpenAPI 3.1."""
    only_query(request)
    return _file_response(request, "openapi.json", "application/json")


def show(request: Request) -> Response:
    """GET /docs: a page to read this description and to try requests."""
    only_query(request)
    return _file_response(request, "index.html", "text/html; charset=utf-8")


def show_file(request: Request) -> Response:
    """GET /docs/{file}: a file of the page."""
    only_query(request)
    name = path(request, "file")
    if name not in FILES:
        raise ApiError(404, "no_such_route", "The page has no such file.")
    return _file_response(request, name, FILES[name])


def respond_to_unmatched(request: Request) -> Response:
    """`$default`: respond to OPTIONS on every path; refuse an unknown path, or a method that a path does not have.

    API Gateway sends a browser's preflight request here, and refuses none of them itself:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """
    if method(request) == "OPTIONS":
        return {"statusCode": 204, "headers": PREFLIGHT}
    allowed = methods(_description(), PUBLIC_URL, request)
    if allowed:
        methods_of_path = ", ".join(allowed)
        detail = f"This path does not have this method. It has: {methods_of_path}."
        raise ApiError(405, "method_not_allowed", detail, allow=methods_of_path)
    raise ApiError(404, "no_such_route", "There is no such route; GET /openapi.json lists the routes.")


def _file_response(request: Request, name: str, content_type: str) -> Response:
    compressed = "gzip" in request.get("headers", {}).get("accept-encoding", "")
    body = _compressed(name) if compressed else _content(name)
    encoding = {"content-encoding": "gzip"} if compressed else {}
    return {
        "statusCode": 200,
        "headers": {"content-type": content_type} | _HEADERS | encoding,
        "isBase64Encoded": True,
        "body": base64.b64encode(body).decode(),
    }


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_content(name))


@cache
def _content(name: str) -> bytes:
    return json.dumps(_description()).encode() if name == "openapi.json" else (FOLDER / name).read_bytes()


@cache
def _description() -> Description:
    """Return the description with the API's base URL as its server."""
    description: Description = json.loads((FOLDER / "openapi.json").read_text())
    description["servers"] = [{"url": PUBLIC_URL}]
    return description


ROUTES = {
    "GET /openapi.json": describe,
    "GET /docs": show,
    "GET /docs/{file}": show_file,
    "$default": respond_to_unmatched,
}
