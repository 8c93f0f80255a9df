"""Strict checks of the end of an HTTP body: http.client accepts responses whose end is ambiguous."""

import re
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from http.client import HTTPException, HTTPResponse, IncompleteRead, LineTooLong, UnknownTransferEncoding

_LONGEST_LINE = 1024
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\n]*)?\r?\n")
_LENGTH = re.compile("[0-9]+")
_HEADER_DEFECTS = (FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect)


class StrictResponse(HTTPResponse):
    """A response with chunk sizes as in RFC 9112 (7.1); http.client accepts -1 and then reads without end."""

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
