"""Sign-in by the setting `auth`: the security scheme and the refusals of the authorizer."""

from functools import cache

from openapi.reader.reach import Reach
from openapi.reader.refusal import Refusal
from openapi.reader.source import read
from openapi.route import JsonObject
from wire.http.sign_in import KEYS_UNAVAILABLE

_USER_POOL = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A token of the deployment's Cognito user pool. You see only your own images and webhooks.",
}


def schemes(auth: str) -> JsonObject:
    """Return the security schemes by name; none without sign-in."""
    return {"userPool": _USER_POOL} if auth == "cognito" else {}


@cache
def refusals(auth: str) -> list[Refusal]:
    """Return the refusals of a token, with which every route that needs a token may respond."""
    authorizer = read("api.auth.runtime.authorizer").named("handler")
    assert authorizer
    return [_refusal(code, detail) for code, detail in Reach(authorizer).raised("TokenError")] if schemes(auth) else []


def _refusal(code: str, detail: str) -> Refusal:
    if code == KEYS_UNAVAILABLE:
        return Refusal(503, code, detail, retryable=True)
    return Refusal(401, code, detail, headers=("www-authenticate",))
