"""The HTTP API of one deployment; every call is tried again where that may help."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Protocol

import requests
from requests.adapters import HTTPAdapter

from sightline.client.endpoint import Endpoint
from sightline.client.problem import Problem
from sightline.client.retries import ATTEMPTS, LONGEST_PAUSE, pause

_TIMEOUT = (10, 60)
_PAGE = 100
_PIECE = 1024 * 1024

Query = Mapping[str, object]
Send = Callable[[], requests.Response]


class Body(Protocol):
    """What a request sends, read piece by piece, and anew for every try."""

    content_type: str

    def __len__(self) -> int: ...

    def read(self, size: int = -1) -> bytes:
        """The next piece."""

    def rewind(self) -> None:
        """Begin anew."""


class Stopped(Exception):  # noqa: N818 (no error: the user asked for it)
    """The user has interrupted."""


class Api:
    """What the commands ask; `stopped` ends its pauses and whatever is being sent."""

    def __init__(self, endpoint: Endpoint, connections: int = 1) -> None:
        self.endpoint, self.stopped = endpoint, threading.Event()
        self._api = _session(endpoint, endpoint.token, connections)
        self._storage = _session(endpoint, None, connections)  # a form is its own permission

    def get(self, path: str, query: Query | None = None) -> Any:
        """The JSON answer of a GET; raises Problem."""
        return _read(self._asked("GET", path, params=_given(query)))

    def post(self, path: str, query: Query | None = None, **given: Any) -> Any:
        """The JSON answer of a POST; raises Problem."""
        return _read(self._asked("POST", path, params=_given(query), **given))

    def patch(self, path: str, **given: Any) -> Any:
        """The JSON answer of a PATCH; raises Problem."""
        return _read(self._asked("PATCH", path, json=given))

    def remove(self, path: str) -> None:
        """A DELETE that is answered with nothing; raises Problem."""
        self._asked("DELETE", path)

    def delete(self, path: str) -> Any:
        """The JSON answer of a DELETE; raises Problem."""
        return _read(self._asked("DELETE", path))

    def items(self, path: str, most: int | None, query: Query | None = None) -> Iterator[Any]:
        """The first items of a list, page by page."""
        left, cursor = most, None
        while left is None or left > 0:
            size = _PAGE if left is None else min(left, _PAGE)
            page = self.get(path, {"limit": size, "cursor": cursor} | dict(query or {}))
            yield from page["items"]
            left, cursor = left and left - len(page["items"]), page["next_cursor"]
            if not cursor:
                return

    def send_form(self, url: str, form: Body) -> None:
        """Send a form to where the API said."""

        def send() -> requests.Response:
            form.rewind()
            return self._storage.post(url, data=form, headers={"Content-Type": form.content_type}, timeout=_TIMEOUT)

        self._tried(send, url)

    def download(self, url: str, file: IO[bytes]) -> None:
        """Write what a link leads to into a file, which each try begins anew; raises Problem or OSError."""

        def send() -> requests.Response:
            file.seek(0)
            file.truncate()
            answer = self._storage.get(url, timeout=_TIMEOUT, stream=True)
            for piece in answer.iter_content(_PIECE) if answer.ok else ():
                file.write(piece)
            return answer

        self._tried(send, url)

    def _asked(self, method: str, path: str, **given: Any) -> requests.Response:
        url = self.endpoint.url + path
        return self._tried(
            lambda: self._api.request(method, url, timeout=_TIMEOUT, allow_redirects=False, **given), url
        )

    def _tried(self, send: Send, url: str) -> requests.Response:
        failures = 0
        while True:
            try:
                return _answer(send, url)
            except Problem as problem:
                failures += 1
                seconds = pause(failures, problem.retry_after)
                if not problem.retryable or failures == ATTEMPTS or seconds > LONGEST_PAUSE:
                    raise
            if self.stopped.wait(seconds):
                raise Stopped


def _answer(send: Send, url: str) -> requests.Response:
    try:
        answer = send()
    except requests.RequestException as error:
        raise Problem.from_failure(error, url) from error
    if not 200 <= answer.status_code < 300:
        raise Problem.from_answer(answer)
    return answer


def _read(answer: requests.Response) -> Any:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Problem("not_the_api", f"Something answers at {answer.url}, but it is not this API.")
    return said


def _given(query: Query | None) -> dict[str, str]:
    return {name: str(value) for name, value in (query or {}).items() if value is not None}


def _session(endpoint: Endpoint, token: str | None, connections: int) -> requests.Session:
    session = requests.Session()
    session.trust_env = not endpoint.local

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    session.auth = sign  # also keeps a ~/.netrc from signing in place of the token
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    return session
