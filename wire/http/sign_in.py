"""Sign-in: the authorizer's result for a request, which every route needs but the open ones."""

from typing import NotRequired, TypedDict

OPEN_ROUTES = ("GET /health", "GET /openapi.json", "GET /docs", "GET /docs/{file}", "$default")
"""The routes that need no token."""

KEYS_UNAVAILABLE = "keys_unavailable"


class Identity(TypedDict):
    """The authorizer's result: `sub` of a valid token, else the code of a `refusal` and its `detail`."""

    sub: NotRequired[str]
    refusal: NotRequired[str]
    detail: NotRequired[str]


Authorizer = TypedDict("Authorizer", {"lambda": Identity}, total=False)
"""The result as API Gateway passes it to the function behind the route."""


def challenge(refusal: str, detail: str) -> str:
    """Return the WWW-Authenticate header of a refusal; without a token it names no error (RFC 6750, section 3)."""
    if refusal == "token_missing":
        return 'Bearer realm="sightline"'
    return f'Bearer realm="sightline", error="invalid_token", error_description="{detail}"'
