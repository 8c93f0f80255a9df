"""The name an image is kept under: what its owner calls it, made safe for a key and nothing more."""

import unicodedata
from urllib.parse import unquote

_LONGEST = 200
"""In characters; with four bytes each the key stays below the 1,024 bytes that S3 takes."""


def image_name(*wishes: str | None) -> str:
    """The first wish that leaves a name once cleaned, else "image"."""
    return next((name for wish in wishes if (name := _clean(wish or ""))), "image")


def name_in_url(path: str) -> str:
    """What a URL's path and query calls its picture: the last segment, percent-decoded."""
    return unquote(path.partition("?")[0].rsplit("/", 1)[-1], errors="replace")


def _clean(wish: str) -> str:
    last = wish.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    kept = "".join(each for each in last if unicodedata.category(each) not in ("Cc", "Cs", "Zl", "Zp"))
    name = unicodedata.normalize("NFC", kept)[:_LONGEST].strip()
    return "" if name in (".", "..") else name
