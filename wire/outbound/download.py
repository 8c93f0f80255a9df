"""A Download: a picture on its way from a stranger's server, to be read once and never held whole."""

from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected, UnknownTransferEncoding

from domain.image_type import HEAD, image_type
from wire.outbound.target import TargetError

_CHUNK = 1024 * 1024


class FetchError(Exception):
    """What came back cannot be taken: a stable `code`, a `detail` for the caller, whether another try may help.

    Codes: `url_blocked`, `too_many_redirects`, `upstream_status`, `connect_failed`, `not_http`, `unsupported_encoding`,
    `too_large`, `empty`.
    """

    def __init__(self, code: str, detail: str, *, retryable: bool = False) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable


class Body:
    """The picture's bytes, once, from first to last: a short or dripping answer raises instead of ending early.

    What `read` raised stays in `failure`, because botocore wraps it.
    """

    def __init__(self, head: bytes, response: HTTPResponse, largest: int) -> None:
        self._head, self._response, self._largest = head, response, largest
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """The next bytes, up to 1 MiB whatever `size` says, or all that are left; b"" once the answer is complete.

        http.client asks for 16 KB at a time and sends what it gets; larger pieces save a fifth of the processor time.
        """
        head, self._head = self._head, b""
        if head:
            return head if size > 0 else head + self.read()
        try:
            return _read(self._response, _CHUNK) if size > 0 else self._rest()
        except (FetchError, HTTPException, TargetError) as error:
            self.failure = broken(error) if isinstance(error, HTTPException) else error
            raise self.failure from error

    def _rest(self) -> bytes:
        rest = _read(self._response, self._largest)
        if self._response.read(1):
            raise too_large(self._largest)
        return rest


@dataclass(frozen=True, slots=True)
class Download:
    """A picture on its way: its type by its first bytes, its declared length if any, the most it may hold."""

    content_type: str
    length: int | None
    largest: int
    body: Body

    @classmethod
    def of(cls, response: HTTPResponse, largest: int) -> "Download":
        """The picture that an answer holds; raises FetchError, HTTPException, ImageTypeError or TargetError."""
        length = response.length
        if length is not None and length > largest:
            raise too_large(largest)
        head = _read(response, HEAD)
        if not head:
            raise FetchError("empty", "The server answered with no bytes at all.")
        return cls(image_type(head), length, largest, Body(head, response, largest))


def too_large(largest: int) -> FetchError:
    """The refusal of a picture beyond `largest` bytes."""
    return FetchError("too_large", f"The picture is larger than {largest / 1024 / 1024:g} MB.")


def broken(error: HTTPException) -> FetchError:
    """What a caller may know of an answer that http.client could not read."""
    if isinstance(error, UnknownTransferEncoding):
        return encoded()
    if isinstance(error, IncompleteRead | RemoteDisconnected):
        return FetchError(
            "connect_failed", "The server ended the connection before its answer was complete.", retryable=True
        )
    return FetchError("not_http", "The server's answer is not proper HTTP.")


def encoded() -> FetchError:
    """The refusal of a compressed answer: nothing is unpacked here, so no small answer can become a large one."""
    return FetchError("unsupported_encoding", "The server encodes its answer, though it was asked not to.")


def _read(response: HTTPResponse, size: int) -> bytes:
    """http.client ends a body that stops short of its declared length as if that were all."""
    chunk = response.read(size)
    if len(chunk) < size and response.length:
        raise IncompleteRead(b"")
    return chunk
