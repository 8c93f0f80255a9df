"""Throttling in the deployed app: an image that Rekognition throttles is put off and recognized later."""

from datetime import UTC, datetime

import pytest

from integration.timeline.runtime.timeline import arrived_at
from local.deployment import Deployment
from recognition.detectors.runtime.rekognition import TIMEOUTS
from recognition.results.runtime.entry import Entry
from tests.pipeline.chain import wait_for
from tests.pipeline.monitoring.cloudwatch import CloudWatch
from tests.rekognition_server import Rekognition


@pytest.fixture(scope="module")
def entry(deployment: Deployment, busy_id: str) -> Entry:
    """The image's entry, once it has an outcome."""
    table, key = deployment.outputs["RecognitionsTable"], {"owner": {"S": "busy"}, "image_id": {"S": busy_id}}
    row = wait_for(lambda: deployment.client("dynamodb").get_item(TableName=table, Key=key).get("Item"))
    return Entry.from_item(row)


def test_it_is_recognized_later_at_its_first_attempt(entry: Entry, rekognition: Rekognition) -> None:
    assert (entry.status, entry.tries) == ("recognized", 1)
    assert len(rekognition.busy_keys) == TIMEOUTS["retries"]["total_max_attempts"] + 1


def test_it_was_postponed_for_at_least_half_a_minute(entry: Entry) -> None:
    arrived, finished = map(datetime.fromisoformat, (arrived_at(entry.image.image_id), entry.at))
    assert (finished - arrived).total_seconds() >= 30


def test_it_sets_off_the_alarm_of_postponed_images(deployment: Deployment, entry: Entry) -> None:
    ever = CloudWatch(deployment, datetime.fromtimestamp(0, UTC))
    assert ever.off("RekognitionStack-RecognizePutOffAlarm")
