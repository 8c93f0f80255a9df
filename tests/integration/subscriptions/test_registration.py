from datetime import UTC, datetime
from typing import Any

import pytest

from domain.event import TYPES
from integration.subscriptions.runtime.registration import RegistrationError, register
from integration.subscriptions.runtime.subscription import Subscription
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError

URL = "https://shop.example/hooks?till=3"
AT = datetime(2026, 11, 20, 17, 0, 0, 123456, UTC)


def registered(policy: Policy | None = None, **given: Any) -> Subscription:
    return register({"url": URL} | given, "me", AT, policy or Policy())


def test_every_given_field_is_kept() -> None:
    made = registered(events=["image.rejected"], labels=["cat", "dog", "cat"], min_confidence=1, description="the till")
    assert (made.owner, made.url, made.created_at) == ("me", URL, "2026-11-20T17:00:00.123Z")
    assert (made.events, made.labels, made.min_confidence) == (("image.rejected",), ("cat", "dog"), 1.0)
    assert (made.description, made.generation) == ("the till", 1)


def test_null_means_the_default() -> None:
    given = registered(events=None, labels=None, min_confidence=None, description=None, rate_limit=None)
    assert (given.events, given.event_types, given.labels) == ((), TYPES, ())
    assert (given.min_confidence, given.description, given.rate_limit) == (0.0, "", 0)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://169.254.169.254/latest/meta-data", "url_blocked"),
        ("http://10.0.0.1/hook", "url_blocked"),
        ("http://127.0.0.1:9001/2018-06-01/runtime", "url_blocked"),
        ("http://[::ffff:a00:1]/", "url_blocked"),
        ("ftp://shop.example/", "invalid_url"),
        ("https://user:pass@shop.example/", "invalid_url"),
        ("/hook", "invalid_url"),
        ("", "invalid_url"),
    ],
)
def test_a_forbidden_target_is_refused_with_its_code(url: str, code: str) -> None:
    with pytest.raises(TargetError) as error:
        registered(url=url)
    assert error.value.code == code


def test_this_machine_is_a_target_only_where_the_policy_says() -> None:
    registered(Policy(loopback=True), url="http://127.0.0.1:8080/")
    with pytest.raises(TargetError):
        registered(url="http://127.0.0.1:8080/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": None},
        {"url": 7},
        {"secret": "whsec_mine"},
        {"events": []},
        {"events": "image.recognized"},
        {"events": ["image.eaten"]},
        {"events": [["image.recognized"]]},
        {"labels": "cat"},
        {"labels": [""]},
        {"labels": [7]},
        {"labels": ["x"] * 51},
        {"labels": ["x" * 101]},
        {"labels": ["\ud800"]},
        {"min_confidence": 1.01},
        {"min_confidence": -0.01},
        {"min_confidence": True},
        {"min_confidence": "0.5"},
        {"min_confidence": float("nan")},
        {"description": 7},
        {"description": "x" * 257},
    ],
)
def test_an_invalid_field_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError, match=next(iter(wrong))):
        registered(**wrong)


def test_a_whole_number_of_json_may_have_a_fraction_of_zero() -> None:
    assert registered(rate_limit=5.0).rate_limit == 5
    for rate_limit in (5.5, 0.0, True, float("inf"), float("nan"), "5"):
        with pytest.raises(RegistrationError, match="rate_limit must be"):
            registered(rate_limit=rate_limit)
