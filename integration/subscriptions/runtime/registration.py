"""Read the fields that a caller gives for a webhook, new or existing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from domain.clock import rfc3339
from domain.event import TYPES
from integration.subscriptions.runtime.subscription import Subscription, new_subscription_id
from wire.http.api import excerpt
from wire.outbound.policy import Policy, check_target
from wire.outbound.target import check_url

LONGEST_DESCRIPTION = 256
MOST_A_MINUTE = 6000
_MOST_LABELS = 50
_LONGEST_LABEL = 100
_DECIMALS = 6
"""Decimal places of `min_confidence`: DynamoDB has no number as small as 1e-200."""


class RegistrationError(ValueError):
    """A field is unknown or has an invalid value; the message may be shown to the caller."""


def register(given: Mapping[str, Any], owner: str, at: datetime, policy: Policy) -> Subscription:
    """Return the subscription that a JSON object describes.

    Raises RegistrationError, or TargetError for a forbidden URL.
    """
    fields = preferences({"url": None} | dict(given), policy)
    return Subscription(owner=owner, subscription_id=new_subscription_id(at), created_at=rfc3339(at), **fields)


def preferences(given: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """Return the fields of a Subscription that a JSON object names, and no others.

    Raises RegistrationError, or TargetError for a forbidden URL.
    """
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise RegistrationError(f"There is no field {excerpt(unknown[0])}; known are {', '.join(FIELDS)}.")
    return {name: _url(value, policy) if name == "url" else _READERS[name](value) for name, value in given.items()}


def enabled(value: object) -> bool:
    """Read the field `enabled`; raises RegistrationError if it is not a boolean."""
    if not isinstance(value, bool):
        raise RegistrationError("enabled must be true or false.")
    return value


def _url(value: object, policy: Policy) -> str:
    if not isinstance(value, str):
        raise RegistrationError("url must be an absolute URL.")
    check_target(check_url(value), policy)
    return value


def _events(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not value or any(event not in TYPES for event in value):
        raise RegistrationError(f"events must be a list of at least one of {', '.join(TYPES)}.")
    return tuple(dict.fromkeys(value))


def _labels(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > _MOST_LABELS or not all(map(_is_label, value)):
        raise RegistrationError(
            f"labels must be a list of at most {_MOST_LABELS} texts of at most {_LONGEST_LABEL} characters."
        )
    return tuple(dict.fromkeys(value))


def _is_label(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_LABEL and value.isprintable()


def _fraction(value: object) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise RegistrationError("min_confidence must be a number from 0 to 1.")
    return round(float(value), _DECIMALS)


def _description(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_DESCRIPTION or not value.isprintable():
        raise RegistrationError(f"description must be one line of at most {LONGEST_DESCRIPTION} characters.")
    return value


def _rate_limit(value: object) -> int:
    """Return the limit; 5.0 is a whole number in JSON, as JSON Schema has it."""
    if value is None:
        return 0
    number = 0 if isinstance(value, bool) or not isinstance(value, int | float) else value
    if not (1 <= number <= MOST_A_MINUTE and float(number).is_integer()):
        raise RegistrationError(f"rate_limit must be a whole number from 1 to {MOST_A_MINUTE}: attempts a minute.")
    return int(number)


_READERS: dict[str, Callable[[object], Any]] = {
    "events": _events,
    "labels": _labels,
    "min_confidence": _fraction,
    "description": _description,
    "rate_limit": _rate_limit,
}
FIELDS = ("url", *_READERS)
