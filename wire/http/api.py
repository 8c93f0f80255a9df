"""Routes of the HTTP API: API Gateway has matched the route already, so a table of its route keys is the router.

Errors leave as RFC 9457 problems with a stable `code`.
"""

import base64
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from domain.ids import is_id
from domain.image import ID_PREFIX, PUBLIC
from wire.http import sign_in

Request = Mapping[str, Any]
Response = dict[str, Any]
Routes = Mapping[str, Callable[[Request], Response]]

_SECONDS_UNTIL_RETRY = "5"

logger = Logger()


class ApiError(Exception):
    """A response other than success: HTTP status, stable code, a sentence for the caller, headers."""

    def __init__(self, status: int, code: str, detail: str, *, retryable: bool = False, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.retryable, self.headers = status, code, detail, retryable, headers


def respond(routes: Routes, request: Request) -> Response:
    """Answer an API Gateway v2 request by its route key; whatever goes wrong becomes a problem."""
    request_id = str(request["requestContext"]["requestId"])
    logger.append_keys(correlation_id=_image_id(request) or request_id, request_id=request_id)
    answer = _answer(routes, request)
    logger.info("answered", extra={"route": request["routeKey"], "status": answer["statusCode"]})
    return answer | {"headers": answer.get("headers", {}) | {"x-request-id": request_id}}


def about(image_id: str) -> None:
    """From here on the request's log lines are about this image, as those of the functions after us will be."""
    logger.append_keys(correlation_id=image_id)


def _answer(routes: Routes, request: Request) -> Response:
    try:
        if request["routeKey"] not in sign_in.OPEN_ROUTES:
            owner(request)
        return routes.get(request["routeKey"], _no_such_route)(request)
    except ApiError as error:
        return _problem(error)
    except Exception:
        logger.exception("request failed", extra={"route": request["routeKey"]})
        return _problem(ApiError(500, "internal_error", "Something failed on our side; try again.", retryable=True))


def json_response(status: int, body: object, **headers: str) -> Response:
    """A JSON answer; header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"} | named,
        "body": json.dumps(body, ensure_ascii=False) + "\n",  # so that a shell's prompt starts a line
    }


def owner(request: Request) -> str:
    """The token's `sub`, or `public` where nobody signs in; raises ApiError 401, or 503 `keys_unavailable`.

    Where nobody signs in the deployment says so; a function that is told nothing of it lets nobody in.
    """
    said = sign_in.word(request)
    if said.get("sub"):
        return said["sub"]
    if os.environ.get("AUTH") == "none":
        return PUBLIC
    if said["refusal"] == sign_in.KEYS_UNAVAILABLE:
        raise ApiError(503, said["refusal"], said["detail"], retryable=True)
    raise ApiError(401, said["refusal"], said["detail"], www_authenticate=sign_in.challenge(said))


def query(request: Request, name: str) -> str | None:
    """One query parameter."""
    return (request.get("queryStringParameters") or {}).get(name)


def only_query(request: Request, *names: str) -> None:
    """Refuse query parameters this route does not know; raises ApiError 400 `unknown_parameter`."""
    unknown = sorted(set(request.get("queryStringParameters") or {}) - set(names))
    if unknown:
        known = ", ".join(names) or "none"
        raise ApiError(400, "unknown_parameter", f"This route does not know {unknown[0]}; it knows {known}.")


def only_fields(given: Mapping[str, Any], *names: str) -> None:
    """Refuse JSON fields this route does not know; raises ApiError 400 `unknown_field`."""
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ApiError(400, "unknown_field", f"There is no field {unknown[0]}; known are {', '.join(names)}.")


def path(request: Request, name: str) -> str:
    """One path parameter of the matched route."""
    return str(request["pathParameters"][name])


def raw_body(request: Request) -> bytes:
    """The body as it was sent."""
    body = request.get("body") or ""
    return base64.b64decode(body) if request.get("isBase64Encoded") else body.encode()


def json_body(request: Request) -> dict[str, Any]:
    """The body as a JSON object; raises ApiError 400 `invalid_json`."""
    try:
        given = json.loads(raw_body(request))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ApiError(400, "invalid_json", "The body must be a JSON object.")
    return given


def _image_id(request: Request) -> str | None:
    """The image that the path names; a path may hold anything, and not all of it belongs in a log."""
    named = str((request.get("pathParameters") or {}).get("image_id"))
    return named if is_id(ID_PREFIX, named) else None


def _no_such_route(request: Request) -> Response:
    raise ApiError(404, "no_such_route", "There is no such route; docs/api.md lists those there are.")


def _problem(error: ApiError) -> Response:
    said = {
        "type": "about:blank",
        "title": error.code.replace("_", " ").capitalize(),
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "retryable": error.retryable,
    }
    when = {"retry_after": _SECONDS_UNTIL_RETRY} if error.status == 503 else {}
    return json_response(error.status, said, content_type="application/problem+json", **when | error.headers)
