"""Requests, responses and errors of the HTTP API. The router is a table by route key: API Gateway matches the path.

Errors become RFC 9457 problems with a stable `code`.
"""

import base64
import os
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NotRequired, TypedDict
from urllib.parse import parse_qsl

from aws_lambda_powertools import Logger

from domain.ids import is_id
from domain.image import ID_PREFIX, PUBLIC
from wire.content_coding import is_compressed
from wire.http import sign_in
from wire.http.json_text import read_json, write_json


class RequestLine(TypedDict):
    """The request line, as far as it is read here."""

    method: str


class RequestContext(TypedDict):
    """The fields that API Gateway adds to a request."""

    requestId: str
    http: NotRequired[RequestLine]
    authorizer: NotRequired[sign_in.Authorizer | None]


class Request(TypedDict):
    """A request as API Gateway's HTTP API passes it, payload format 2.0: the fields that are read here.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """

    routeKey: str
    rawPath: str
    rawQueryString: NotRequired[str]
    headers: Mapping[str, str]
    queryStringParameters: NotRequired[Mapping[str, str] | None]
    pathParameters: NotRequired[Mapping[str, str] | None]
    requestContext: RequestContext
    body: NotRequired[str | None]
    isBase64Encoded: NotRequired[bool]


class Response(TypedDict):
    """A response as API Gateway's HTTP API reads it, payload format 2.0."""

    statusCode: int
    headers: dict[str, str]
    body: NotRequired[str]
    isBase64Encoded: NotRequired[bool]


Routes = Mapping[str, Callable[[Request], Response]]

_SECONDS_UNTIL_RETRY = "5"
_LONGEST_EXCERPT = 40
"""Characters of a caller's text that an error repeats."""

logger = Logger()


class ApiError(Exception):
    """An error response: HTTP status, stable code, a sentence for the caller, headers (with underscores)."""

    def __init__(self, status: int, code: str, detail: str, *, retryable: bool = False, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.retryable, self.headers = status, code, detail, retryable, headers


def respond(routes: Routes, request: Request) -> Response:
    """Call the route of the request and return its response; every exception becomes a problem.

    A HEAD gets the response to the GET of the same path, without its body (RFC 9110, section 9.3.2).
    """
    request_id, (method, _, resource) = request["requestContext"]["requestId"], request["routeKey"].partition(" ")
    logger.append_keys(correlation_id=_image_id(request) or request_id, request_id=request_id)
    response = _respond(routes, {**request, "routeKey": f"GET {resource}"} if method == "HEAD" else request)
    logger.info("responded", extra={"route": request["routeKey"], "status": response["statusCode"]})
    headers = response["headers"] | {"x-request-id": request_id}
    if method == "HEAD":
        return {"statusCode": response["statusCode"], "headers": headers}
    return {**response, "headers": headers}


def correlate_with(image_id: str) -> None:
    """Write the image's id as `correlation_id` into the next log lines of this request, as later functions do."""
    logger.append_keys(correlation_id=image_id)


def _respond(routes: Routes, request: Request) -> Response:
    try:
        if request["routeKey"] not in sign_in.OPEN_ROUTES:
            owner(request)
        return routes.get(request["routeKey"], _no_such_route)(request)
    except ApiError as error:
        return _problem(error)
    except Exception:
        logger.exception("request failed", extra={"route": request["routeKey"]})
        return _problem(ApiError(500, "internal_error", "The server failed to respond; try again.", retryable=True))


def json_response(status: int, body: object, **headers: str) -> Response:
    """Return a JSON response; names of headers are given with underscores."""
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"} | extra,
        "body": write_json(body) + "\n",  # the next prompt of a shell then starts on a new line
    }


def owner(request: Request) -> str:
    """Return the token's `sub`, or `public` without sign-in; raises ApiError 401, or 503 `keys_unavailable`.

    Only AUTH=none turns sign-in off: a function without that variable refuses every request.
    """
    identity = (request["requestContext"].get("authorizer") or {}).get("lambda") or {}
    if "sub" in identity and sign_in.is_subject(identity["sub"]):
        return identity["sub"]
    if os.environ.get("AUTH") == "none":
        return PUBLIC
    refusal = identity.get("refusal", "token_not_verified")
    detail = identity.get("detail", "The token of this request has not been verified.")
    if refusal == sign_in.KEYS_UNAVAILABLE:
        raise ApiError(503, refusal, detail, retryable=True)
    raise ApiError(401, refusal, detail, www_authenticate=sign_in.challenge(refusal, detail))


def query(request: Request, name: str) -> str | None:
    """Return a query parameter, or None."""
    return (request.get("queryStringParameters") or {}).get(name)


def only_query(request: Request, *names: str) -> None:
    """Refuse other query parameters, and any that occurs twice.

    Raises ApiError 400 `unknown_parameter` or `repeated_parameter`. API Gateway joins the values of a repeated
    parameter with commas, so only the raw query shows it.
    """
    unknown = sorted(set(request.get("queryStringParameters") or {}) - set(names))
    if unknown:
        known = ", ".join(names) or "none"
        raise ApiError(400, "unknown_parameter", f"Unknown parameter {excerpt(unknown[0])}; this route has: {known}.")
    given = Counter(name for name, _ in parse_qsl(request.get("rawQueryString", ""), keep_blank_values=True))
    repeated = next((name for name, times in given.items() if times > 1), None)
    if repeated is not None:
        raise ApiError(400, "repeated_parameter", f"The parameter {excerpt(repeated)} may occur only once.")


def only_fields(given: Mapping[str, object], *names: str) -> None:
    """Refuse JSON fields other than these; raises ApiError 400 `unknown_field`."""
    unknown = sorted(set(given) - set(names))
    if unknown:
        detail = f"Unknown field {excerpt(unknown[0])}; this route has: {', '.join(names)}."
        raise ApiError(400, "unknown_field", detail)


def excerpt(text: str) -> str:
    """Return the beginning of a caller's text in quotes, with escapes for what cannot be printed, for an error."""
    return repr(text[:_LONGEST_EXCERPT]) + ("…" if len(text) > _LONGEST_EXCERPT else "")


def method(request: Request) -> str:
    """Return the method in capitals; empty for an event that is no HTTP request."""
    return request["requestContext"].get("http", {"method": ""})["method"]


def path(request: Request, name: str) -> str:
    """Return a path parameter; raises KeyError if the route has none of this name."""
    return (request.get("pathParameters") or {})[name]


def raw_body(request: Request) -> bytes:
    """Return the body's bytes as the caller sent them; raises ApiError 415 `unsupported_encoding`."""
    if is_compressed(request.get("headers", {}).get("content-encoding", "")):
        detail = "The body is compressed, by its Content-Encoding; send it as it is."
        raise ApiError(415, "unsupported_encoding", detail)
    body = request.get("body") or ""
    return base64.b64decode(body) if request.get("isBase64Encoded") else body.encode(errors="surrogatepass")


def json_body(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object; raises ApiError 400 `invalid_json`."""
    try:
        given = read_json(raw_body(request))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ApiError(400, "invalid_json", "The body must be a JSON object.")
    return given


def _image_id(request: Request) -> str | None:
    """Return the image id in the path. Anything else in the path must not get into a log."""
    image_id = (request.get("pathParameters") or {}).get("image_id", "")
    return image_id if is_id(ID_PREFIX, image_id) else None


def _no_such_route(request: Request) -> Response:
    raise ApiError(404, "no_such_route", "There is no such route; docs/api.md lists the routes.")


def _problem(error: ApiError) -> Response:
    body = {
        "type": "about:blank",
        "title": error.code.replace("_", " ").capitalize(),
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "retryable": error.retryable,
    }
    extra = {"retry_after": _SECONDS_UNTIL_RETRY} if error.status == 503 else {}
    return json_response(error.status, body, content_type="application/problem+json", **extra | error.headers)
