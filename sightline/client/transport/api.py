"""The HTTP API of one deployment. Every call is retried where a retry may help."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import IO, Any, Protocol

import requests

from sightline.client.problem import Problem
from sightline.client.transport.retries import Interrupted, send_with_retries
from sightline.client.transport.session import Token, is_local, open_session

_TIMEOUT = (10, 60)
_PAGE_SIZE = 100
_CHUNK_BYTES = 1024 * 1024

Query = Mapping[str, object]


class Body(Protocol):
    """A request body that is read piece by piece, from its beginning in every attempt."""

    content_type: str

    def __len__(self) -> int: ...

    def read(self, size: int = -1) -> bytes:
        """Return the next piece."""

    def rewind(self) -> None:
        """Start over."""


class Api:
    """The calls to a deployment; setting `interrupted` ends their delays and whatever is being sent.

    `Any` is decoded JSON: the caller names its shape, one of `sightline.client.schemas`.
    """

    def __init__(self, url: str, token: Token, connections: int) -> None:
        self.url, self.interrupted = url, threading.Event()
        self._api = open_session(url, token, connections)
        self._storage = open_session(url, connections=connections)  # presigned forms and links need no token

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

    def location(self, path: str, query: Query | None = None) -> str:
        """Return the link to which the response to a GET redirects; raises Problem."""
        response = self._request("GET", path, params=_parameters(query))
        if "Location" not in response.headers:
            raise _not_the_api(response)
        return response.headers["Location"]

    def send_form(self, url: str, form: Body) -> None:
        """Post a presigned form to its URL; raises Problem."""

        def send() -> requests.Response:
            form.rewind()
            return self._storage.post(url, data=form, headers={"Content-Type": form.content_type}, timeout=_TIMEOUT)

        send_with_retries(send, url, self.interrupted)

    def download(self, url: str, file: IO[bytes], largest: int | None = None) -> None:
        """Download a link into a file, which every attempt overwrites.

        Raises Problem, also beyond `largest` bytes, or OSError.
        """

        # A link may lead to another place than the API: only hosts elsewhere are reached by a proxy.
        session = self._storage if is_local(url) == is_local(self.url) else open_session(url)

        def send() -> requests.Response:
            file.seek(0)
            file.truncate()
            response = session.get(url, timeout=_TIMEOUT, stream=True)
            for chunk in response.iter_content(_CHUNK_BYTES) if response.ok else ():
                file.write(chunk)
                if largest is not None and file.tell() > largest:
                    response.close()
                    raise Problem("too_large", f"The file at {url} is larger than {largest:,} bytes.")
            return response

        send_with_retries(send, url, self.interrupted)

    def pause(self, seconds: float) -> None:
        """Wait; raises Interrupted if the user interrupts the client meanwhile."""
        if self.interrupted.wait(seconds):
            raise Interrupted

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._storage.close()

    def _request(self, method: str, path: str, **content: Any) -> requests.Response:
        url = self.url + path
        return send_with_retries(
            lambda: self._api.request(method, url, timeout=_TIMEOUT, allow_redirects=False, **content),
            url,
            self.interrupted,
        )


def _json_object(response: requests.Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _not_the_api(response)
    return body


def _not_the_api(response: requests.Response) -> Problem:
    return Problem("not_the_api", f"The server at {response.url} responds, but it is not this API.")


def _parameters(query: Query | None) -> dict[str, str]:
    return {name: _text(value) for name, value in (query or {}).items() if value is not None}


def _text(value: object) -> str:
    """Return a parameter as the API takes it; a datetime without a time zone is in local time."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
