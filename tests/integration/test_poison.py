"""Each queue handler gets one arbitrary message beside good ones: the good ones are always finished."""

import json
import time
from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import SubscriberResponse
from tests.builders import http_request, image, recognition, sqs_event
from tests.integration.conftest import Account, reloaded, subscription

RECEIVER, OTHER = subscription(0), subscription(1)
EVENTS = [
    Event.recognized(image(image_id=f"img_{n:032x}"), recognition(), "2026-11-20T17:00:01.000Z") for n in range(3)
]
DELIVERY = Delivery.of(EVENTS[2], OTHER, int(time.time()))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)  # lone surrogates among them
    | st.sampled_from([10**400, -1, 1e999, "\ud800", "a" * 5000, "", "img_" + "\ud800" * 20, "img_é", "\x00"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
WHOLE = ["[" * 100_000, '{"a":' * 100_000, '{"owner": 1e999}', "", "\ud800", "1" * 5000, '{"\\ud800": 1}']


def paths(value: Any) -> list[tuple[Any, ...]]:
    """Return the path to every value in a JSON value, but for the whole."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(name, *rest) for name, inner in items for rest in ((), *paths(inner))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a JSON value with another value at a path."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def messages(good: str) -> st.SearchStrategy[str]:
    """Return arbitrary texts, arbitrary JSON, and good messages of which one value is replaced or a field added."""
    parsed = json.loads(good)
    changed = st.builds(partial(replaced, parsed), st.sampled_from(paths(parsed)), VALUES)
    added = st.dictionaries(st.text(), VALUES, min_size=1, max_size=1).map(lambda more: parsed | more)
    return st.text() | (VALUES | changed | added).map(json.dumps) | st.sampled_from(WHOLE)


FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def failures(module: ModuleType, *bodies: str) -> list[str]:
    """Return the ids of the messages that a handler returns to its queue."""
    response = module.handler(sqs_event(*bodies), None)
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


@given(poison=messages(EVENTS[2].to_json()))
@example(poison=WHOLE[0])
@FEW
def test_dispatch_finishes_the_good_ones(poison: str, account: Account) -> None:
    if not account.rows():
        account.subscriptions.add(RECEIVER)
    dispatch = reloaded("dispatch.runtime.handler")
    assert set(failures(dispatch, EVENTS[0].to_json(), poison, EVENTS[1].to_json())) <= {"message-1"}
    made = {delivery.image_id for delivery in account.queued()}
    assert made >= {"img_" + "0" * 31 + "0", "img_" + "0" * 31 + "1"}


@given(poison=messages(DELIVERY.to_json()))
@example(poison=WHOLE[0])
@FEW
def test_deliver_finishes_the_good_ones_and_their_timelines_show_it(
    poison: str, account: Account, worker: ModuleType
) -> None:
    if not account.rows():
        account.subscriptions.add(RECEIVER)
    posted: list[str] = []

    def post(url: str, body: bytes, headers: dict[str, str], subscriber: str) -> SubscriberResponse:
        posted.append(headers["webhook-id"])
        return SubscriberResponse(200)

    worker.connections.post = post
    good = [Delivery.of(event, RECEIVER, int(time.time())) for event in EVENTS[:2]]
    assert set(failures(worker, good[0].to_json(), poison, good[1].to_json())) <= {"message-1"}
    assert set(posted) >= {delivery.delivery_id for delivery in good}
    for delivery in good:
        (record,) = account.log.of_image("public", delivery.image_id)
        assert (record.status, len(record.attempts) > 0) == ("delivered", True)
    account.queued()
    remove_logged(account)


@given(poison=VALUES)
@FEW
def test_the_timeline_of_any_id_is_a_response(poison: Any, account: Account) -> None:
    timeline = reloaded("timeline.runtime.handler")
    request = http_request("GET /images/{image_id}/timeline", path={"image_id": str(poison)})
    assert timeline.handler(request, None)["statusCode"] == 404


def remove_logged(account: Account) -> None:
    """Empty the log, so that the next example finds what it has written itself."""
    for item in account.dynamodb.scan(TableName="deliveries")["Items"]:
        key = {name: item[name] for name in ("about", "delivery")}
        account.dynamodb.delete_item(TableName="deliveries", Key=key)
