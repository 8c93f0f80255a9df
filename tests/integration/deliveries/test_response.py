import pytest
from hypothesis import given as arbitrary
from hypothesis import settings
from hypothesis import strategies as st

from integration.deliveries.runtime.response import SubscriberResponse

NOW = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
        ("Sun, 06 Nov 1994 08:50:37 -0000", 60),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ("", 0),
        ("-5", 0),
        ("soon", 0),
        ("²", 0),
        ("9" * 5000, 999_999_999),
        ("Sun, 06 Nov 99999 08:50:37 GMT", 0),
        ("Fri, 31 Dec 999999999999 23:59:59 GMT", 0),
        ("Fri, 31 Dec 1999 23:59:59 +99999999999999", 0),
        ("1e3", 0),
        ("1.5", 0),
        ("+5", 0),
        ("NaN", 0),
        (",", 0),
        ("0 0 0 0", 0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_seconds_or_a_date(status: int, given: str, seconds: int) -> None:
    assert SubscriberResponse.from_headers(status, given, lambda: NOW) == SubscriberResponse(
        status, retry_after=seconds
    )


@pytest.mark.parametrize(("status", "kept"), [(429, 9), (503, 9), (500, 0), (301, 0), (200, 0)])
def test_only_429_and_503_may_ask_for_time(status: int, kept: int) -> None:
    assert SubscriberResponse.from_headers(status, "9").retry_after == kept


DATES = st.from_regex(r"\A(Fri, )?[0-9]{1,13} (Dec|Nov|x) [0-9]{1,13} [0-9:]{1,12} (GMT|[+-]?[0-9]{1,13}|x)\Z")


@arbitrary(st.text() | DATES)
@settings(derandomize=True, database=None)
def test_no_retry_after_raises(text: str) -> None:
    assert SubscriberResponse.from_headers(503, text, lambda: NOW).retry_after >= 0
