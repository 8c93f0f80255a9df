"""Through the whole chain: what Rekognition has no time for is put off, and is none the worse for it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.deployment import Deployment
from tests.pipeline.chain import Chain, wait_for
from tests.pipeline.cloudwatch import CloudWatch
from tests.rekognition_server import Book

PATIENCE = 120


@pytest.fixture(scope="module")
def timeline(chain: Chain, busy_id: str) -> list[dict[str, Any]]:
    """What became of the image, once it has an answer."""

    def look() -> list[dict[str, Any]] | None:
        hops: list[dict[str, Any]] = chain.ask("GET", f"/images/{busy_id}/timeline").json()["items"]
        return hops if any(each["what"] == "recognized" for each in hops) else None

    return wait_for(look, PATIENCE)


def test_it_is_answered_later_at_its_first_try(timeline: list[dict[str, Any]], rekognition: Book) -> None:
    (answered,) = [each for each in timeline if each["what"] == "recognized"]
    assert answered["tries"] == 1
    assert len([key for key in rekognition.keys if key.endswith("busy.jpg")]) == 4


def test_it_was_away_for_half_a_minute_at_the_least(timeline: list[dict[str, Any]]) -> None:
    arrived, answered = (
        next(datetime.fromisoformat(each["at"]) for each in timeline if each["what"] == what)
        for what in ("received", "recognized")
    )
    assert (answered - arrived).total_seconds() >= 30


def test_it_sets_off_the_alarm_of_what_is_put_off(deployment: Deployment, timeline: list[dict[str, Any]]) -> None:
    ever = CloudWatch(deployment, datetime.fromtimestamp(0, UTC))
    assert ever.off("RekognitionStack-RecognizeThrottledAlarm")
