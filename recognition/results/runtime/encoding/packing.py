"""Texts and numbers as bytes, as far as their bytes say exactly the same; None otherwise."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from domain.clock import rfc3339

_STEPS = 10_000
"""The steps of a fraction: outcomes are stored with four digits."""
_MOST_STEPS = 2**16 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MOST_TIME = 2**47


def hex_bytes(text: str) -> bytes | None:
    """Return the bytes that lowercase hex digits mean; `bytes.hex` is the inverse."""
    try:
        packed = bytes.fromhex(text)
    except ValueError:
        return None
    return packed if packed.hex() == text else None


def milliseconds(time: str) -> int | None:
    """Return the milliseconds since 1970 of a time in the format of the API; `time_of` is the inverse."""
    try:
        since = round((datetime.fromisoformat(time) - _EPOCH) / _MILLISECOND)
        exact = 0 <= since < _MOST_TIME and time_of(since) == time
    except (ValueError, TypeError, OverflowError):
        return None
    return since if exact else None


def time_of(since: int) -> str:
    """Return the time of so many milliseconds since 1970."""
    return rfc3339(_EPOCH + since * _MILLISECOND)


def steps(fraction: float) -> int | None:
    """Return a fraction that is rounded to four digits, in ten-thousandths; `fraction_of` is the inverse."""
    if not 0 <= fraction <= _MOST_STEPS / _STEPS or not isinstance(fraction, float):
        return None
    number = round(fraction * _STEPS)
    exact = number / _STEPS == fraction and (number or str(fraction) == "0.0")  # -0.0 is another text, and equals it
    return number if exact else None


def fraction_of(number: int) -> float:
    """Return the fraction of so many ten-thousandths."""
    return number / _STEPS


def all_steps(fractions: Iterable[float]) -> list[int] | None:
    """Return all of these fractions in ten-thousandths, None if one of them has no exact number."""
    numbers = [steps(fraction) for fraction in fractions]
    exact = [number for number in numbers if number is not None]
    return exact if len(exact) == len(numbers) else None


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Return numbers below 65,536 as two bytes each."""
    return b"".join(number.to_bytes(2, "big") for number in numbers)


class Reader:
    """Reads bytes in the order in which they were packed."""

    def __init__(self, packed: bytes) -> None:
        self._packed, self._at = packed, 0

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        self._at += size
        return self._packed[self._at - size : self._at]

    def number(self, size: int) -> int:
        """Return the next number of so many bytes."""
        return int.from_bytes(self.take(size), "big")

    def fractions(self, count: int) -> list[float]:
        """Return the next fractions, of two bytes each."""
        return [fraction_of(self.number(2)) for _ in range(count)]
