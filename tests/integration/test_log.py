"""The log of dispatch and deliver: every line about an image bears its id, and none a URL or a secret."""

import io
import json
import time
from types import ModuleType
from typing import Any

import pytest

from domain.event import Event
from integration.runtime.answer import Answer
from integration.runtime.attempt import logger, make_attempt
from integration.runtime.delivery import Delivery
from tests.builders import IMAGE_ID, image, recognition, sqs_event
from tests.integration.conftest import Account, reloaded, subscription

CAT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is logged."""
    stream = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", stream)
    return stream


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_an_event_s_line_names_its_image_and_the_deliveries_it_makes(account: Account, log: io.StringIO) -> None:
    account.subscriptions.add(subscription())
    assert reloaded("dispatch").handler(sqs_event(CAT.to_json()), None) == {"batchItemFailures": []}
    (queued,) = account.queued()
    (line,) = lines(log)
    assert (line["correlation_id"], line["deliveries"]) == (IMAGE_ID, [queued.delivery_id])


def test_a_failure_is_found_by_the_image_s_id_too(account: Account, worker: ModuleType, log: io.StringIO) -> None:
    told = subscription()
    account.subscriptions.add(told)
    dispatch = reloaded("dispatch")
    account.sqs.delete_queue(QueueUrl=account.deliveries)
    dispatch.dispatch(sqs_event(CAT.to_json())["Records"], account.subscriptions, dispatch.deliveries, account.log)
    account.subscriptions.change("public", told.subscription_id, {"disabled": {"S": "owner"}}, ())
    account.dynamodb.delete_table(TableName="deliveries")
    dispatch.dispatch(sqs_event(CAT.to_json())["Records"], account.subscriptions, dispatch.deliveries, account.log)
    worker.connections.post = lambda *asked: Answer(204)
    worker.handler(sqs_event(Delivery.of(CAT, told, int(time.time())).to_json()), None)
    account.dynamodb.delete_table(TableName="subscriptions")
    dispatch.dispatch(sqs_event(CAT.to_json())["Records"], account.subscriptions, dispatch.deliveries, account.log)
    found = {line["message"] for line in lines(log) if line.get("correlation_id") == IMAGE_ID}
    assert found >= {"delivery not queued", "what was missed is not logged", "not kept", "event not dispatched"}


def test_an_attempt_s_line_names_the_image_and_neither_the_url_nor_the_secret(log: io.StringIO) -> None:
    told = subscription()
    owed = Delivery.from_json(Delivery.of(CAT, told, 1).to_json())
    make_attempt(lambda *asked: Answer(204), b"the key of all secrets", owed, told, 1)
    (line,) = lines(log)
    assert (line["correlation_id"], line["delivery_id"]) == (IMAGE_ID, owed.delivery_id)
    assert told.url not in log.getvalue()
    assert "secret" not in log.getvalue()
