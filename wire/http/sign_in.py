"""Sign-in: the authorizer's result for a request, which every route needs but the open ones."""

import re
from typing import NotRequired, TypedDict

from domain.image import PUBLIC

OPEN_ROUTES = ("GET /health", "GET /openapi.json", "GET /docs", "GET /docs/{file}", "$default")
"""The routes that need no token."""

KEYS_UNAVAILABLE = "keys_unavailable"

_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


class Identity(TypedDict):
    """The authorizer's result: `sub` of a valid token, else the code of a `refusal` and its `detail`."""

    sub: NotRequired[str]
    refusal: NotRequired[str]
    detail: NotRequired[str]


Authorizer = TypedDict("Authorizer", {"lambda": Identity}, total=False)
"""The result as API Gateway passes it to the function behind the route."""


def is_subject(sub: object) -> bool:
    """Return whether a token's `sub` can be an owner, with whose name all keys begin; Cognito's are UUIDs.

    `public` is the owner of deployments without sign-in, and nobody's `sub`.
    """
    return isinstance(sub, str) and _SUBJECT.fullmatch(sub) is not None and sub != PUBLIC


def challenge(refusal: str, detail: str) -> str:
    """Return the WWW-Authenticate header of a refusal; without a token it names no error (RFC 6750, section 3)."""
    if refusal == "token_missing":
        return 'Bearer realm="sightline"'
    return f'Bearer realm="sightline", error="invalid_token", error_description="{detail}"'
