"""HTTP sessions: a connection pool, and a token where there is one."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")

Token = Callable[[], str | None]
"""Returns the access token to send, or None; raises Problem where it cannot be refreshed."""


def no_token() -> None:
    """Return no token."""


def is_local(url: str) -> bool:
    """Return True if the URL is one of this machine, where no proxy is used."""
    return bool(_LOOPBACK.fullmatch(urlsplit(url).hostname or ""))


def open_session(url: str, token: Token = no_token, connections: int = 1) -> requests.Session:
    """Return a session that keeps up to `connections` connections open and sends the token with every request."""
    session = requests.Session()
    session.trust_env = not is_local(url)

    def add_token(request: requests.PreparedRequest) -> requests.PreparedRequest:
        value = token()
        if value:
            request.headers["Authorization"] = f"Bearer {value}"
        return request

    session.auth = add_token  # also prevents a ~/.netrc from replacing the token
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    return session
