"""Access tokens and id tokens of one app client of a user pool."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import jwt
from jwt import PyJWK, PyJWKClient, PyJWKClientConnectionError, PyJWKClientError, PyJWKSetError, PyJWTError

from wire.http.sign_in import is_subject

_CLIENT_CLAIMS = {"access": "client_id", "id": "aud"}
"""The claim that names the app client, by the token's `token_use`."""

_KEYS_LIFESPAN_SECONDS = 3600
_TIMEOUT_SECONDS = 3


class TokenError(Exception):
    """A token is refused: a stable code, and a sentence for the caller."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Tokens:
    """Checks tokens that `issuer` signs with `keys` for the app client `client_id`."""

    issuer: str
    client_id: str
    keys: PyJWKClient

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the issuer and the app client; the keys are those of the issuer, or of AWS_ENDPOINT_URL if it is set."""
        issuer = environment["TOKEN_ISSUER"]
        pool = issuer.rsplit("/", 1)[-1]
        base = f"{environment['AWS_ENDPOINT_URL']}/{pool}" if "AWS_ENDPOINT_URL" in environment else issuer
        keys = PyJWKClient(f"{base}/.well-known/jwks.json", lifespan=_KEYS_LIFESPAN_SECONDS, timeout=_TIMEOUT_SECONDS)
        return cls(issuer, environment["USER_POOL_CLIENT_ID"], keys)

    def owner(self, authorization: str | None) -> str:
        """Return the `sub` of the bearer token in an Authorization header; raises TokenError."""
        token = _bearer(authorization)
        unverified = _read(token)
        if unverified["payload"].get("iss") != self.issuer:
            raise TokenError("token_wrong_pool", "The token was not issued by this user pool.")
        claims = _verified(token, self._key(unverified["header"]))
        if claims.get(_client_claim(claims)) != self.client_id:
            raise TokenError("token_wrong_client", "The token was issued to another app client of the user pool.")
        if not is_subject(claims["sub"]):
            raise TokenError("token_not_verified", "The token's sub is not the id of a user of the user pool.")
        return str(claims["sub"])

    def _key(self, header: Mapping[str, object]) -> PyJWK:
        try:
            return self.keys.get_signing_key(str(header.get("kid")))
        except (PyJWKClientConnectionError, PyJWKSetError, ValueError) as error:
            raise TokenError("keys_unavailable", "The keys of the user pool cannot be read at the moment.") from error
        except PyJWKClientError as error:
            raise TokenError("token_not_verified", "The token is not signed by a key of the user pool.") from error


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise TokenError("token_missing", "Send an access token of the user pool: Authorization: Bearer <token>.")
    return token.strip()


def _read(token: str) -> dict[str, Any]:
    try:
        return jwt.decode_complete(token, options={"verify_signature": False})
    except PyJWTError as error:
        raise TokenError("token_malformed", "The text after Bearer is not three parts joined by dots.") from error


def _verified(token: str, key: PyJWK) -> dict[str, Any]:
    """Return the claims of a token with a valid signature and time; the app client is checked by the caller."""
    try:
        return jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            options={"require": ["exp", "sub", "token_use"], "verify_aud": False, "verify_iat": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenError("token_expired", "The token has expired; use the refresh token to get a new one.") from error
    except PyJWTError as error:
        raise TokenError("token_not_verified", "The signature or a claim of the token is invalid.") from error


def _client_claim(claims: Mapping[str, object]) -> str:
    """Return the claim that names the token's app client; raises TokenError."""
    use = str(claims["token_use"])
    if use not in _CLIENT_CLAIMS:
        raise TokenError("token_malformed", "The token is neither an access token nor an id token.")
    return _CLIENT_CLAIMS[use]
