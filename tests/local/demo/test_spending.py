from typing import Any

from local.demo.spending import spending
from local.loopback import serving
from local.rekognition.__main__ import handler
from local.rekognition.call_limit import CallLimit
from local.rekognition.stand_in import StandIn
from tests.local.demo.test_steps import FakeApi

TOTALS: dict[str, Any] = {
    "rekognition_calls": 1,
    "rekognition_calls_saved": {"by_cascade": 3, "by_reuse": 1},
    "dollars": {"spent": 0.001, "saved": 0.004},
}


def lines(limit: CallLimit) -> list[str]:
    no_s3: Any = None
    with serving(handler(StandIn(no_s3, limit))) as url:
        return spending(FakeApi({"GET /images/stats": {"total": TOTALS}}), url).splitlines()


def test_the_calls_the_dollars_and_the_savings_are_shown_and_the_stand_in_is_named() -> None:
    assert lines(CallLimit(None)) == [
        "Rekognition is a stand-in on this machine, which answers by the bundled models and costs nothing.",
        "  paid    1 call, $0.001 at Amazon's list price",
        "  saved   4 calls, $0.004 (3 by the cascade, 1 by the result cache)",
    ]


def test_throttled_calls_are_shown() -> None:
    limit = CallLimit(None)
    limit.throttled = 2
    assert lines(limit)[-1] == "  refused 2 calls as throttled; their images are retried later"
