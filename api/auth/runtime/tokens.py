"""Tokens of one user pool, for one of its clients: access tokens and id tokens alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import jwt
from jwt import PyJWK, PyJWKClient, PyJWKClientConnectionError, PyJWKClientError, PyJWKSetError, PyJWTError

_CLIENT_CLAIMS = {"access": "client_id", "id": "aud"}
"""Where each kind of token names its client, by its `token_use`."""

_KEYS_SECONDS = 3600
_PATIENCE_SECONDS = 3


class TokenError(Exception):
    """Why a token is not taken: a stable code, and a sentence for the caller."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that `issuer` signs with `keys` and hands out through the client."""

    issuer: str
    client_id: str
    keys: PyJWKClient

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The pool's keys lie beside it, or beside the endpoint that every AWS client here is led to."""
        issuer = environment["TOKEN_ISSUER"]
        pool = issuer.rsplit("/", 1)[-1]
        base = f"{environment['AWS_ENDPOINT_URL']}/{pool}" if "AWS_ENDPOINT_URL" in environment else issuer
        keys = PyJWKClient(f"{base}/.well-known/jwks.json", lifespan=_KEYS_SECONDS, timeout=_PATIENCE_SECONDS)
        return cls(issuer, environment["USER_POOL_CLIENT_ID"], keys)

    def owner(self, authorization: str | None) -> str:
        """The `sub` of the bearer token in an Authorization header; raises TokenError."""
        token = _bearer(authorization)
        unverified = _read(token)
        if unverified["payload"].get("iss") != self.issuer:
            raise TokenError("token_wrong_pool", "The token comes from another user pool, or from somebody else.")
        claims = _verified(token, self._key(unverified["header"]))
        if claims.get(_client_claim(claims)) != self.client_id:
            raise TokenError("token_wrong_client", "The token was handed out to another app client of the user pool.")
        return str(claims["sub"])

    def _key(self, header: Mapping[str, Any]) -> PyJWK:
        try:
            return self.keys.get_signing_key(str(header.get("kid")))
        except (PyJWKClientConnectionError, PyJWKSetError, ValueError) as error:
            raise TokenError("keys_unavailable", "The user pool's keys cannot be read just now.") from error
        except PyJWKClientError as error:
            raise TokenError("token_not_verified", "No key of the user pool has signed this token.") from error


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise TokenError("token_missing", "Send an access token of the user pool: Authorization: Bearer <token>.")
    return token.strip()


def _read(token: str) -> dict[str, Any]:
    try:
        return jwt.decode_complete(token, options={"verify_signature": False})
    except PyJWTError as error:
        raise TokenError("token_malformed", "What follows Bearer is no token: three parts joined by dots.") from error


def _verified(token: str, key: PyJWK) -> dict[str, Any]:
    """The claims, once signature and time are right; the client is checked by who knows where it stands."""
    try:
        return jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            options={"require": ["exp", "sub", "token_use"], "verify_aud": False, "verify_iat": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenError("token_expired", "The token has expired; the refresh token gets another.") from error
    except PyJWTError as error:
        raise TokenError("token_not_verified", "The token's signature or one of its claims is not right.") from error


def _client_claim(claims: Mapping[str, Any]) -> str:
    """The claim that names the token's client."""
    use = str(claims["token_use"])
    if use not in _CLIENT_CLAIMS:
        raise TokenError("token_malformed", "This is neither an access token nor an id token.")
    return _CLIENT_CLAIMS[use]
