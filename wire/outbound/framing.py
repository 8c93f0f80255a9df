"""Strict checks of the beginning and the end of an HTTP response: http.client accepts ambiguous ones."""

import re
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from http.client import (
    HTTPException,
    HTTPResponse,
    IncompleteRead,
    LineTooLong,
    UnknownTransferEncoding,
    parse_headers,
)

_SWITCHING_PROTOCOLS, _FINAL = 101, 200
_WITHOUT_BODY = (204, 304)
_MOST_INTERIM = 1000
"""Interim responses before the final one: a server may send several, and none has a reason to send this many."""
_LONGEST_LINE = 1024
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\n]*)?\r?\n")
_LENGTH = re.compile("[0-9]+")
_HEADER_DEFECTS = (FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect)


class StrictResponse(HTTPResponse):
    """A final response, whose chunks are as in RFC 9112 (7.1): http.client accepts a size of -1, and any two bytes as a
    chunk's end.
    """

    def _read_status(self) -> tuple[str, int, str]:
        """Skip interim responses (RFC 9110, 15.2): http.client skips 100 only. 101 is the last one in HTTP/1.1."""
        for _ in range(_MOST_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]  # typeshed does not declare it
            if status >= _FINAL or status == _SWITCHING_PROTOCOLS:
                return version, status, reason
            parse_headers(self.fp)
        raise HTTPException("The server sends interim responses without end.")

    def _get_chunk_left(self) -> int | None:
        if self.chunk_left == 0:
            if self.fp.read(2) != b"\r\n":
                raise HTTPException("A chunk does not end where its size says.")
            self.chunk_left = None
        return super()._get_chunk_left()  # type: ignore[misc,no-any-return]  # typeshed does not declare it

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise LineTooLong("chunk size")
        if not line.endswith(b"\n"):
            raise IncompleteRead(b"")
        size = _CHUNK_SIZE.fullmatch(line)
        if not size:
            raise HTTPException("The size of a chunk is invalid.")
        return int(size[1], 16)


def check_framing(response: HTTPResponse) -> None:
    """Check that a response states clearly where it ends (RFC 9112, 6.3); raises HTTPException.

    http.client accepts each of these errors, and may then return a part as the whole.
    """
    if any(isinstance(defect, _HEADER_DEFECTS) for defect in response.headers.defects):
        raise HTTPException("A header line is invalid.")
    codings = response.headers.get_all("Transfer-Encoding", [])
    if codings and not (response.chunked and len(codings) == 1):
        raise UnknownTransferEncoding
    lengths = {length.strip() for length in response.headers.get_all("Content-Length", [])}
    if lengths and not (len(lengths) == 1 and _LENGTH.fullmatch(lengths.pop()) and response.length is not None):
        raise HTTPException("The length is declared twice with different values, or it is invalid.")


def keeps_connection(response: HTTPResponse) -> bool:
    """Return True if the next response on this connection begins where this one ends (RFC 9112, 6.3 and 9.3).

    Only for a response that has been read to its end. In doubt the connection is closed: the next response on it could
    be taken for one to another request.
    """
    try:
        check_framing(response)
    except HTTPException:
        return False
    options = ",".join(response.headers.get_all("Connection", [])).lower()
    if response.will_close or response.version < 11 or response.status < _FINAL or "close" in options:
        return False
    return response.status not in _WITHOUT_BODY or not _announces_body(response)


def _announces_body(response: HTTPResponse) -> bool:
    """Return True if a body is declared: some servers send one even after a status that excludes it."""
    return "Transfer-Encoding" in response.headers or int(response.headers.get("Content-Length", "0")) > 0
