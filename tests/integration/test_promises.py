"""The numbers that subscribers and owners are promised are those by which the functions go."""

import pytest

from integration.deliver.runtime.batch import ATTEMPT_SECONDS
from integration.deliver.runtime.http import pool
from integration.deliveries.runtime import delivery
from integration.deliveries.runtime.log import row
from integration.subscriptions.runtime import circuit_breaker, subscription
from tests.stacks import ROOT

PROMISED = " ".join((ROOT / "docs/api.md").read_text().split())


@pytest.mark.parametrize(
    ("number", "promised", "words"),
    [
        (ATTEMPT_SECONDS, 15, "Any 2xx within 15 s is success"),
        (subscription.ROTATION_SECONDS, 24 * 3600, "for 24 hours both sign"),
        (
            circuit_breaker.DISABLE_AFTER_SECONDS,
            5 * 86_400,
            "One that has failed for five days, with never more than a day between",
        ),
        (circuit_breaker.STREAK_GAP_SECONDS, 86_400, "with never more than a day between attempts, is disabled"),
        (circuit_breaker.FAILURES, 5, "After five failures in a row its deliveries wait"),
        (circuit_breaker.SHORTEST_REST, 30, "wait for 30 s, growing to ten minutes"),
        (circuit_breaker.LONGEST_REST, 600, "wait for 30 s, growing to ten minutes"),
        (
            circuit_breaker.LONGEST_RETRY_AFTER,
            3600,
            "keeps all other deliveries from that webhook for as long, up to one hour",
        ),
        (row.KEPT_SECONDS, 30 * 86_400, "stays for thirty days after its last"),
        (pool._MOST_READ, 1024, "the first 1,024 bytes of the `response`"),
        (delivery._MOST_BYTES, 20_000, "A body is under 20 kB"),
    ],
)
def test_a_number_is_the_promised_one(number: float, promised: float, words: str) -> None:
    assert number == promised
    assert words in PROMISED
