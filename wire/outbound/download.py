"""A Download: a picture in transfer from another server, read once and never held in memory as a whole."""

from http.client import HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected, UnknownTransferEncoding
from typing import NamedTuple

from domain.image_type import HEAD, image_type
from wire.outbound.target import TargetError

_CHUNK = 1024 * 1024


class FetchError(Exception):
    """A response cannot be used: a stable `code`, a `detail` for the caller, and `retryable`.

    Codes: `url_blocked`, `too_many_redirects`, `upstream_status`, `connect_failed`, `not_http`, `unsupported_encoding`,
    `too_large`, `empty`.
    """

    def __init__(self, code: str, detail: str, *, retryable: bool = False) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable


class Body:
    """The picture's bytes, to be read once. A response that is too short or too slow raises an error.

    `failure` keeps the error that `read` raised, because botocore wraps it.
    """

    def __init__(self, head: bytes, response: HTTPResponse, largest: int) -> None:
        self._head, self._response, self._largest = head, response, largest
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, up to 1 MiB for any positive `size`, else all that are left; b"" at the end.

        http.client reads 16 KB at a time and sends what it gets; larger pieces save a fifth of the processor time.
        Raises FetchError or TargetError.
        """
        head, self._head = self._head, b""
        if head:
            return head if size > 0 else head + self.read()
        try:
            return _read(self._response, _CHUNK) if size > 0 else self._rest()
        except (FetchError, HTTPException, TargetError) as error:
            self.failure = unreadable(error) if isinstance(error, HTTPException) else error
            raise self.failure from error

    def _rest(self) -> bytes:
        rest = _read(self._response, self._largest)
        if self._response.read(1):
            raise too_large(self._largest)
        return rest


class Download(NamedTuple):
    """A picture in transfer: its type by its first bytes, its declared length if any, and its largest size in bytes."""

    content_type: str
    length: int | None
    largest: int
    body: Body

    @classmethod
    def of(cls, response: HTTPResponse, largest: int) -> "Download":
        """Return the picture in a response; raises FetchError, HTTPException, ImageTypeError or TargetError."""
        length = response.length
        if length is not None and length > largest:
            raise too_large(largest)
        head = _read(response, HEAD)
        if not head:
            raise FetchError("empty", "The server's response is empty.")
        return cls(image_type(head), length, largest, Body(head, response, largest))


def too_large(largest: int) -> FetchError:
    """Return the error of a picture of more than `largest` bytes."""
    return FetchError("too_large", f"The picture is larger than {largest / 1024 / 1024:g} MiB.")


def unreadable(error: HTTPException) -> FetchError:
    """Return the error of a response that http.client cannot read, with the details that a caller may see."""
    if isinstance(error, UnknownTransferEncoding):
        return compressed()
    if isinstance(error, IncompleteRead | RemoteDisconnected):
        return FetchError(
            "connect_failed", "The server closed the connection before its response was complete.", retryable=True
        )
    return FetchError("not_http", "The server's response is not valid HTTP.")


def compressed() -> FetchError:
    """Return the error of a compressed response: decompression could turn a small response into a large one."""
    return FetchError("unsupported_encoding", "The server compresses its response, though the request excludes that.")


def _read(response: HTTPResponse, size: int) -> bytes:
    """Read up to `size` bytes; raises IncompleteRead for a truncated body, which http.client accepts as complete."""
    chunk = response.read(size)
    if len(chunk) < size and response.length:
        raise IncompleteRead(b"")
    return chunk
