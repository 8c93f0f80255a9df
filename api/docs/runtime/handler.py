"""Answers GET /openapi.json, GET /docs and its files, and whatever no other route knows."""

import base64
import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api.docs.runtime.methods import methods
from wire.http.api import ApiError, Request, Response, only_query, path, respond

FOLDER = Path(__file__).parent
PUBLIC_URL = os.environ["PUBLIC_URL"]
FILES = {
    "favicon-32x32.png": "image/png",
    "page.js": "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}

API = "{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_URL))
_ONLY_OURS = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        f"connect-src 'self' {API}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "cache-control": "max-age=3600",
    "content-security-policy": _ONLY_OURS,
    "referrer-policy": "no-referrer",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
}


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def describe(request: Request) -> Response:
    """GET /openapi.json: this description, as OpenAPI 3.1."""
    only_query(request)
    return _shown(request, "openapi.json", "application/json")


def show(request: Request) -> Response:
    """GET /docs: a page that shows this description and can try it."""
    only_query(request)
    return _shown(request, "index.html", "text/html; charset=utf-8")


def show_file(request: Request) -> Response:
    """GET /docs/{file}: what the page is made of."""
    only_query(request)
    name = path(request, "file")
    if name not in FILES:
        raise ApiError(404, "no_such_route", "The page has no such file.")
    return _shown(request, name, FILES[name])


def refuse(request: Request) -> Response:
    """`$default`: there is no such route, or none of that method."""
    known = methods(_described(), PUBLIC_URL, request)
    if known:
        raise ApiError(405, "method_not_allowed", "The path is there, but not for this method.", allow=", ".join(known))
    raise ApiError(404, "no_such_route", "There is no such route; GET /openapi.json lists those there are.")


def _shown(request: Request, name: str, content_type: str) -> Response:
    small = "gzip" in request.get("headers", {}).get("accept-encoding", "")
    body = _compressed(name) if small else _content(name)
    encoding = {"content-encoding": "gzip"} if small else {}
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
    return json.dumps(_described()).encode() if name == "openapi.json" else (FOLDER / name).read_bytes()


@cache
def _described() -> dict[str, Any]:
    """The description, which knows now under which address it is served."""
    found: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_text())
    return found | {"servers": [{"url": PUBLIC_URL}]}


ROUTES = {
    "GET /openapi.json": describe,
    "GET /docs": show,
    "GET /docs/{file}": show_file,
    "$default": refuse,
}
