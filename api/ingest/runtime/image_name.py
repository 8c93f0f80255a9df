"""The name of an image: a name that the caller gives, made safe for an S3 key."""

import unicodedata
from urllib.parse import unquote

_LONGEST = 200
"""Characters; with four bytes each the key stays below S3's limit of 1,024 bytes."""


def image_name(*names: str | None) -> str:
    """Return the first of these names that is not empty once cleaned, else "image"."""
    return next((cleaned for name in names if (cleaned := _clean(name or ""))), "image")


def name_in_url(path: str) -> str:
    """Return the last segment of a URL's path, percent-decoded; `path` may end with a query."""
    return unquote(path.partition("?")[0].rsplit("/", 1)[-1], errors="replace")


def _clean(name: str) -> str:
    segment = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    printable = "".join(char for char in segment if unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"))
    cleaned = unicodedata.normalize("NFC", printable)[:_LONGEST].strip()
    return "" if cleaned in (".", "..") else cleaned
