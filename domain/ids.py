"""Ids: `<prefix>_` and 32 hex digits, either fresh and ordered by time or the same whenever their parts are."""

import hashlib
import re
import secrets
from datetime import datetime


def fresh_id(prefix: str, at: datetime) -> str:
    """A new, time-ordered id: 48 bits of milliseconds since 1970, then 80 random bits."""
    return timed_id(prefix, at, secrets.token_hex(10))


def timed_id(prefix: str, at: datetime, low_digits: str) -> str:
    """The id of an instant with these twenty hex digits behind it."""
    return f"{prefix}_{int(at.timestamp() * 1000):012x}{low_digits}"


def derived_id(prefix: str, *parts: str) -> str:
    """An id that is the same whenever its parts are, so that a repeat is recognisable."""
    return f"{prefix}_{digest(*parts)[:32]}"


def digest(*parts: str) -> str:
    """The SHA-256 of these parts in hex."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_id(prefix: str, text: str) -> bool:
    """Whether a text is an id with this prefix."""
    return re.fullmatch(f"{prefix}_[0-9a-f]{{32}}", text) is not None
