"""Signing in, as the setting `auth` has it: the scheme's name, and the authorizer's refusals."""

from functools import cache
from typing import Any

from openapi.reader.reach import Reach
from openapi.reader.refusal import Refusal
from openapi.reader.source import read
from wire.http.sign_in import KEYS_UNAVAILABLE

_USER_POOL = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A token of the deployment's Cognito user pool. You see only what is yours.",
}


def schemes(auth: str) -> dict[str, Any]:
    """The security schemes by name; none where nobody signs in."""
    return {"userPool": _USER_POOL} if auth == "cognito" else {}


@cache
def refusals(auth: str) -> list[Refusal]:
    """What the authorizer can say of a token, as the routes answer it."""
    authorizer = read("api.auth.runtime.authorizer").named("handler")
    assert authorizer
    return [_refusal(code, detail) for code, detail in Reach(authorizer).raised("TokenError")] if schemes(auth) else []


def _refusal(code: str, detail: str) -> Refusal:
    if code == KEYS_UNAVAILABLE:
        return Refusal(503, code, detail, retryable=True)
    return Refusal(401, code, detail, headers=("www-authenticate",))
