"""An HTTP answer read strictly: http.client forgives what leaves it open where a body ends."""

import re
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from http.client import HTTPException, HTTPResponse, IncompleteRead, LineTooLong, UnknownTransferEncoding

_LONGEST_LINE = 1024
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\n]*)?\r?\n")
_LENGTH = re.compile("[0-9]+")
_CUT_SHORT = (FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect)


class StrictResponse(HTTPResponse):
    """Its chunks have sizes as RFC 9112 (7.1) writes them; http.client takes -1 and then reads without end."""

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise LineTooLong("chunk size")
        if not line.endswith(b"\n"):
            raise IncompleteRead(b"")
        size = _CHUNK_SIZE.fullmatch(line)
        if not size:
            raise HTTPException("A chunk's size is none.")
        return int(size[1], 16)


def check_framing(response: HTTPResponse) -> None:
    """Refuse an answer that does not say clearly where it ends (RFC 9112, 6.3); raises HTTPException.

    http.client overlooks each of these, and could take a part for the whole.
    """
    if any(isinstance(defect, _CUT_SHORT) for defect in response.headers.defects):
        raise HTTPException("A line among the headers is none.")
    codings = response.headers.get_all("Transfer-Encoding", [])
    if codings and not (response.chunked and len(codings) == 1):
        raise UnknownTransferEncoding
    lengths = {each.strip() for each in response.headers.get_all("Content-Length", [])}
    if lengths and not (len(lengths) == 1 and _LENGTH.fullmatch(lengths.pop()) and response.length is not None):
        raise HTTPException("The length is declared in more than one way, or in none.")
