"""Who asks: the authorizer's word about a request, without which only the open routes answer."""

from collections.abc import Mapping
from typing import Any

OPEN_ROUTES = ("GET /health", "GET /openapi.json", "GET /docs", "GET /docs/{file}", "$default")
"""The routes that never want a token."""

KEYS_UNAVAILABLE = "keys_unavailable"
_UNHEARD = {"refusal": "token_not_verified", "detail": "Nobody has judged this request's token."}


def word(request: Mapping[str, Any]) -> Mapping[str, str]:
    """What the authorizer said: `sub`, or `refusal` and `detail`; silence is a refusal."""
    authorizer = request["requestContext"].get("authorizer") or {}
    return _UNHEARD | (authorizer.get("lambda") or {})


def challenge(said: Mapping[str, str]) -> str:
    """The WWW-Authenticate header of a refusal (RFC 6750, 3): who sent no token is not told of an error."""
    if said["refusal"] == "token_missing":
        return 'Bearer realm="sightline"'
    return f'Bearer realm="sightline", error="invalid_token", error_description="{said["detail"]}"'
