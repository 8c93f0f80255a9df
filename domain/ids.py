"""Ids: `<prefix>_` and 32 hex digits, either new and ordered by time or derived from parts."""

import hashlib
import re
import secrets
from datetime import datetime


def fresh_id(prefix: str, at: datetime) -> str:
    """Return a new id that sorts by time: 48 bits of milliseconds since 1970, then 80 random bits."""
    return timed_id(prefix, at, secrets.token_hex(10))


def timed_id(prefix: str, at: datetime, low_digits: str) -> str:
    """Return the id of a point in time that ends in `low_digits`, twenty hex digits."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}{low_digits}"


def derived_id(prefix: str, *parts: str) -> str:
    """Return the id derived from these parts: equal parts give equal ids, so that a repetition can be detected."""
    return f"{prefix}_{digest(*parts)[:32]}"


def digest(*parts: str) -> str:
    """Return the SHA-256 of these parts in hex."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_id(prefix: str, text: str) -> bool:
    """Return whether the text is an id with this prefix."""
    return re.fullmatch(f"{prefix}_[0-9a-f]{{32}}", text) is not None
