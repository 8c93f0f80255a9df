"""Tell API Gateway whose token a request bears, or why none is taken; every request goes on to its route.

The route refuses: API Gateway's own 401 has neither a code nor a word of why.
"""

import os
from typing import Any

from aws_lambda_powertools import Logger

from api.auth.runtime.tokens import TokenError, Tokens

TOKENS = Tokens.from_environment(os.environ)
logger = Logger()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request of the HTTP API, payload format 2.0, in the simple form."""
    said = word(event["headers"].get("authorization"), TOKENS)
    told = {"route": event["routeKey"], "refusal": said.get("refusal")}
    logger.info("judged", extra=told | {"correlation_id": event["requestContext"]["requestId"]})
    return {"isAuthorized": True, "context": said}


def word(authorization: str | None, tokens: Tokens) -> dict[str, str]:
    """What the route is told: `sub`, or `refusal` and its `detail`."""
    try:
        return {"sub": tokens.owner(authorization)}
    except TokenError as error:
        return {"refusal": error.code, "detail": error.detail}
