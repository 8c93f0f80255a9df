"""A user pool on this machine: its keys, a server that publishes them, and tokens signed as by Cognito."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.loopback import serving

CLIENT = "client-1"
POOL = "us-east-1_Pool"
ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"


def new_key() -> rsa.RSAPrivateKey:
    """Return a new signing key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class UserPool:
    """The keys by id, and the paths of all reads. While `down`, reads fail; `garbage` replaces the key set."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"key-1": new_key()})
    reads: list[str] = field(default_factory=list)
    down: bool = False
    garbage: bytes = b""

    def token(self, *, kid: str = "key-1", use: str = "access", **changed: Any) -> str:
        """Return a token of this pool for the client; claims in `changed` replace others, and None removes one."""
        client = {"access": "client_id"}.get(use, "aud")
        now = int(time.time())
        claims = {"sub": "ann", "iss": ISSUER, "token_use": use, client: CLIENT, "iat": now, "exp": now + 3600}
        payload = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode(payload, self.keys.get(kid) or new_key(), "RS256", {"kid": kid})

    def published(self) -> bytes:
        """Return the key set as JSON."""
        keys = [RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid} for kid, key in self.keys.items()]
        return json.dumps({"keys": [key | {"alg": "RS256", "use": "sig"} for key in keys]}).encode()


@contextmanager
def user_pool() -> Iterator[UserPool]:
    """Run a pool whose keys can be read over HTTP."""
    pool = UserPool()
    with serving(_page(pool)) as url:
        pool.url = url
        yield pool


def _page(pool: UserPool) -> Callable[..., BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Respond to one read."""
            pool.reads.append(self.path)
            self.send_response_only(503 if pool.down else 200)
            self.end_headers()
            self.wfile.write(b"" if pool.down else pool.garbage or pool.published())

    return Page
