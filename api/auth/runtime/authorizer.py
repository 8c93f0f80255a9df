"""The Lambda authorizer: it names the owner of a request's token, or the reason why the token is refused.

It passes every request on to its route, which refuses it where needed: API Gateway's own 401 has no code or reason.
"""

import os
from typing import TYPE_CHECKING, TypedDict

from aws_lambda_powertools import Logger

from api.auth.runtime.tokens import TokenError, Tokens
from wire.http.sign_in import Identity

if TYPE_CHECKING:
    from wire.http.api import Request

TOKENS = Tokens.from_environment(os.environ)
logger = Logger()


class AuthorizerResponse(TypedDict):
    """A response in the simple format; the route gets `context`."""

    isAuthorized: bool
    context: Identity


def handler(event: "Request", context: object) -> AuthorizerResponse:
    """Authorize one request of the HTTP API, payload format 2.0."""
    result = identity(event["headers"].get("authorization"), TOKENS)
    extra = {"route": event["routeKey"], "refusal": result.get("refusal")}
    logger.info("token checked", extra=extra | {"correlation_id": event["requestContext"]["requestId"]})
    return {"isAuthorized": True, "context": result}


def identity(authorization: str | None, tokens: Tokens) -> Identity:
    """Return the owner of the token in an Authorization header, or the refusal of it."""
    try:
        return {"sub": tokens.owner(authorization)}
    except TokenError as error:
        return {"refusal": error.code, "detail": error.detail}
