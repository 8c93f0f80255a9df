"""The name of an image: a name that the caller gives, made safe for an S3 key."""

import unicodedata
from urllib.parse import unquote

from domain.image import is_noncharacter

_LONGEST = 200
"""Characters; with four bytes each the key stays below S3's limit of 1,024 bytes."""

_REMOVED_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the order in which others are shown, so that `gpj.exe` looks like `exe.jpg`.

https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
"""


def image_name(*names: str | None) -> str:
    """Return the first of these names that is not empty once cleaned, else "image"."""
    return next((cleaned for name in names if (cleaned := _clean(name or ""))), "image")


def name_in_url(path: str) -> str:
    """Return the last segment of a URL's path, percent-decoded; `path` may end with a query."""
    return unquote(path.partition("?")[0].rsplit("/", 1)[-1], errors="replace")


def _clean(name: str) -> str:
    segment = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    printable = unicodedata.normalize("NFC", "".join(filter(_is_kept, segment)))
    cleaned = printable.replace("${", "$(")[:_LONGEST].strip()  # S3 replaces ${filename} in the key of a form
    return "" if cleaned in (".", "..") else cleaned


def _is_kept(char: str) -> bool:
    if char in _BIDI_CONTROLS or is_noncharacter(char):
        return False
    return unicodedata.category(char) not in _REMOVED_CATEGORIES
