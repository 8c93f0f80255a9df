"""Times as callers see them: RFC 3339, UTC, milliseconds."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present, with its zone."""
    return datetime.now(UTC)


def rfc3339(at: datetime) -> str:
    """`2026-11-20T17:04:05.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
