"""The log of dispatch and deliver: every line about an image has its id, and none has a URL or a secret."""

import io
import json
import time
from types import ModuleType
from typing import Any

import pytest

from domain.event import Event
from integration.deliver.runtime import telemetry
from integration.deliver.runtime.telemetry import logger
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import SubscriberResponse
from tests.builders import IMAGE_ID, image, recognition, sqs_event
from tests.integration.conftest import Account, reloaded, subscription

CAT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """The text that is logged."""
    stream = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", stream)
    return stream


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_an_event_s_line_names_its_image_and_the_deliveries_it_makes(account: Account, log: io.StringIO) -> None:
    account.subscriptions.add(subscription())
    assert reloaded("dispatch.runtime.handler").handler(sqs_event(CAT.to_json()), None) == {"batchItemFailures": []}
    (queued,) = account.queued()
    (line,) = lines(log)
    assert (line["correlation_id"], line["deliveries"]) == (IMAGE_ID, [queued.delivery_id])


def test_a_failure_is_found_by_the_image_s_id_too(account: Account, worker: ModuleType, log: io.StringIO) -> None:
    receiver = subscription()
    account.subscriptions.add(receiver)
    dispatch = reloaded("dispatch.runtime.handler")
    account.sqs.delete_queue(QueueUrl=account.deliveries)
    dispatch.dispatch(sqs_event(CAT.to_json())["Records"], account.subscriptions, dispatch.queue, account.log)
    account.subscriptions.change("public", receiver.subscription_id, {"disabled": {"S": "owner"}}, ())
    account.dynamodb.delete_table(TableName="deliveries")
    dispatch.dispatch(sqs_event(CAT.to_json())["Records"], account.subscriptions, dispatch.queue, account.log)
    worker.connections.post = lambda *given: SubscriberResponse(204)
    worker.handler(sqs_event(Delivery.of(CAT, receiver, int(time.time())).to_json()), None)
    account.dynamodb.delete_table(TableName="subscriptions")
    dispatch.dispatch(sqs_event(CAT.to_json())["Records"], account.subscriptions, dispatch.queue, account.log)
    found = {line["message"] for line in lines(log) if line.get("correlation_id") == IMAGE_ID}
    assert found >= {"delivery not queued", "missed delivery not logged", "result not recorded", "event not dispatched"}


@pytest.mark.parametrize(
    ("response", "fields"),
    [(SubscriberResponse(503), {"status": 503}), (SubscriberResponse(error="timeout"), {"error": "timeout"})],
)
def test_an_attempt_s_line_names_the_image_and_neither_the_url_nor_the_secret(
    capsys: pytest.CaptureFixture[str], response: SubscriberResponse, fields: dict[str, Any]
) -> None:
    receiver = subscription(url="https://user.example/hook?token=hush")
    delivery = Delivery.from_json(Delivery.of(CAT, receiver, 1).to_json())
    telemetry.log_attempts([(delivery, Attempt(4, 1.0, 7, response)), (delivery, Attempt(5, 1.0, 8, response))])
    written = capsys.readouterr().out
    first, second = map(json.loads, written.splitlines())
    ids = {
        "correlation_id": IMAGE_ID,
        "delivery_id": delivery.delivery_id,
        "subscription_id": receiver.subscription_id,
    }
    assert first.items() >= (ids | fields | {"attempt": 4, "ms": 7}).items()
    assert second["attempt"] == 5
    assert not any(hidden in written for hidden in ("hush", "user.example", "whsec_"))


def test_an_attempt_s_line_has_the_keys_of_every_powertools_line(
    log: io.StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    logger.info("attempt")
    telemetry.log_attempts([(Delivery.of(CAT, subscription(), 1), Attempt(1, 1.0, 7, SubscriberResponse(204)))])
    (line,), given = lines(log), json.loads(capsys.readouterr().out)
    assert given.keys() >= line.keys() - {"location"}
    for name in ("level", "message", "service", "xray_trace_id"):
        assert given[name] == line[name]


def test_a_log_for_warnings_holds_no_attempts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger.setLevel("WARNING")
    try:
        telemetry.log_attempts([(Delivery.of(CAT, subscription(), 1), Attempt(1, 1.0, 7, SubscriberResponse(204)))])
    finally:
        logger.setLevel("INFO")
    assert capsys.readouterr().out == ""
