"""The HTTP API of one deployment. Every call is retried where a retry may help."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Protocol

import requests

from sightline.client.endpoint import Endpoint
from sightline.client.problem import Problem
from sightline.client.retries import ATTEMPTS, LONGEST_DELAY, retry_delay
from sightline.client.session import open_session

_TIMEOUT = (10, 60)
_PAGE_SIZE = 100
_CHUNK_BYTES = 1024 * 1024

Query = Mapping[str, object]
Send = Callable[[], requests.Response]


class Body(Protocol):
    """A request body that is read piece by piece, from its beginning in every attempt."""

    content_type: str

    def __len__(self) -> int: ...

    def read(self, size: int = -1) -> bytes:
        """Return the next piece."""

    def rewind(self) -> None:
        """Start over."""


class Interrupted(Exception):  # noqa: N818 (no error: the user's own request)
    """The user has interrupted the client."""


class Api:
    """The calls that commands make; setting `interrupted` ends their delays and whatever is being sent.

    `Any` is decoded JSON: the caller names its shape, one of `sightline.client.schemas`.
    """

    def __init__(self, endpoint: Endpoint, connections: int = 1) -> None:
        self.endpoint, self.interrupted = endpoint, threading.Event()
        self._api = open_session(endpoint, endpoint.token, connections)
        self._storage = open_session(endpoint, None, connections)  # a presigned form needs no token

    def get(self, path: str, query: Query | None = None) -> Any:
        """Return the JSON of the response to a GET; raises Problem."""
        return _json_object(self._request("GET", path, params=_parameters(query)))

    def post(self, path: str, body: Mapping[str, object] | None = None, query: Query | None = None) -> Any:
        """Return the JSON of the response to a POST; raises Problem."""
        return _json_object(self._request("POST", path, params=_parameters(query), json=body))

    def post_file(self, path: str, content: bytes, content_type: str, query: Query) -> Any:
        """Return the JSON of the response to a POST of a file; raises Problem."""
        headers = {"Content-Type": content_type}
        return _json_object(self._request("POST", path, params=_parameters(query), data=content, headers=headers))

    def patch(self, path: str, changes: Mapping[str, object]) -> Any:
        """Return the JSON of the response to a PATCH; raises Problem."""
        return _json_object(self._request("PATCH", path, json=changes))

    def delete(self, path: str) -> Any:
        """Return the JSON of the response to a DELETE; raises Problem."""
        return _json_object(self._request("DELETE", path))

    def remove(self, path: str) -> None:
        """Send a DELETE whose response has no body; raises Problem."""
        self._request("DELETE", path)

    def items(self, path: str, limit: int | None, query: Query | None = None) -> Iterator[Any]:
        """Yield the first `limit` items of a list, or all of them, page by page; raises Problem."""
        left, cursor = limit, None
        while left is None or left > 0:
            size = _PAGE_SIZE if left is None else min(left, _PAGE_SIZE)
            page = self.get(path, {"limit": size, "cursor": cursor} | dict(query or {}))
            yield from page["items"]
            left, cursor = left and left - len(page["items"]), page["next_cursor"]
            if not cursor:
                return

    def send_form(self, url: str, form: Body) -> None:
        """Post a presigned form to its URL; raises Problem."""

        def send() -> requests.Response:
            form.rewind()
            return self._storage.post(url, data=form, headers={"Content-Type": form.content_type}, timeout=_TIMEOUT)

        self._retry(send, url)

    def download(self, url: str, file: IO[bytes]) -> None:
        """Download a presigned link into a file, which every attempt overwrites; raises Problem or OSError."""

        def send() -> requests.Response:
            file.seek(0)
            file.truncate()
            response = self._storage.get(url, timeout=_TIMEOUT, stream=True)
            for chunk in response.iter_content(_CHUNK_BYTES) if response.ok else ():
                file.write(chunk)
            return response

        self._retry(send, url)

    def _request(self, method: str, path: str, **content: Any) -> requests.Response:
        url = self.endpoint.url + path
        return self._retry(
            lambda: self._api.request(method, url, timeout=_TIMEOUT, allow_redirects=False, **content), url
        )

    def _retry(self, send: Send, url: str) -> requests.Response:
        failures = 0
        while True:
            try:
                return _send_once(send, url)
            except Problem as problem:
                failures += 1
                seconds = retry_delay(failures, problem.retry_after)
                if not problem.retryable or failures == ATTEMPTS or seconds > LONGEST_DELAY:
                    raise
            if self.interrupted.wait(seconds):
                raise Interrupted


def _send_once(send: Send, url: str) -> requests.Response:
    try:
        response = send()
    except requests.RequestException as error:
        raise Problem.from_failure(error, url) from error
    if not 200 <= response.status_code < 300:
        raise Problem.from_response(response)
    return response


def _json_object(response: requests.Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Problem("not_the_api", f"The server at {response.url} responds, but it is not this API.")
    return body


def _parameters(query: Query | None) -> dict[str, str]:
    return {name: str(value) for name, value in (query or {}).items() if value is not None}
