"""HTTP sessions: a connection pool, and a token where there is one."""

import requests
from requests.adapters import HTTPAdapter

from sightline.client.endpoint import Endpoint


def open_session(endpoint: Endpoint, token: str | None, connections: int) -> requests.Session:
    """Return a session that keeps up to `connections` connections open and sends `token` with every request."""
    session = requests.Session()
    session.trust_env = not endpoint.local

    def add_token(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    session.auth = add_token  # also prevents a ~/.netrc from replacing the token
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    return session
