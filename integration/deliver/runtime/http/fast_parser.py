"""A fast parser of responses that are complete and plain; http.client parses all others, which takes longer."""

import re
from typing import NamedTuple, Self

_HEAD = re.compile(rb"HTTP/1\.1 ([2-5][0-9][0-9])(?: [^\r\n]*)?((?:\r\n[!-9;-~]+:[^\r\n]*)*)")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?=\r|$)")
_CLOSE = re.compile(rb"\r\nconnection:[^\r]*\bclose\b")
_RETRY_AFTER = re.compile(rb"\r\nretry-after:([^\r]*)")
_WITHOUT_BODY = (204, 304)


class PlainResponse(NamedTuple):
    """Status, Retry-After and body of a response; `keep_alive` means that its connection may be used again."""

    status: int
    retry_after: str
    body: bytes
    keep_alive: bool

    @classmethod
    def parse(cls, data: bytes) -> Self | None:
        """Return the response if the bytes are exactly one complete, plain response; otherwise None."""
        head, ended, body = data.partition(b"\r\n\r\n")
        match = _HEAD.fullmatch(head)
        if not ended or not match:
            return None
        status, fields = int(match[1]), match[2].lower()
        if b"\r\ntransfer-encoding:" in fields or not _is_complete(status, fields, body):
            return None
        retry_after = _RETRY_AFTER.search(fields)
        return cls(status, retry_after[1].decode("latin-1") if retry_after else "", body, not _CLOSE.search(fields))


def _is_complete(status: int, fields: bytes, body: bytes) -> bool:
    lengths = [int(length) for length in _LENGTH.findall(fields)]
    if fields.count(b"\r\ncontent-length:") != len(lengths):
        return False
    if status in _WITHOUT_BODY:
        return not body and lengths in ([], [0])
    return lengths == [len(body)]
