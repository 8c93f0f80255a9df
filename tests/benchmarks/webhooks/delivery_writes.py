"""Write units of DynamoDB for a delivery that is told at once: its rows in the log, and their entries in its indexes.

Ten events of one label are delivered by deliver's handler under moto; what it writes is read from its calls.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil
from typing import Any
from unittest import mock

from moto import mock_aws

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from tests.benchmarks.calls import account, handler_of, quiet, subscriber
from tests.benchmarks.figure import Figure
from tests.benchmarks.start import ENVIRONMENT
from tests.builders import Context, image, recognition, sqs_event
from wire.aws.session import session

Row = Mapping[str, Mapping[str, Any]]

DELIVERIES = 10
OWNER = "0193f2a5-c0ff-4011-8233-445566778899"
INDEXES = ("webhook", "webhook_status")
"""The partition keys of the log's indexes; a row without one is not in that index."""
PROJECTED = ("about", "delivery", "at", "said")


def figures() -> list[Figure]:
    """Return the write units of a delivery."""
    return [Figure("write units of a delivery that is told at once", written() / DELIVERIES, at_most=2.1)]


def written() -> int:
    """Deliver ten events; return the write units of all that deliver writes."""
    rows: list[Row] = []
    with (
        mock_aws(),
        subscriber() as url,
        mock.patch.dict("os.environ", ENVIRONMENT | account()),
        mock.patch("integration.deliver.runtime.batch.UNHURRIED_SECONDS", 60),  # moto is slow, and the machine may be
        quiet(),
    ):
        session.cache_clear()
        session().register("provide-client-params.dynamodb", lambda **call: rows.extend(_rows(**call)))
        deliver = handler_of("integration.deliver.runtime.handler")
        assert deliver.handler(sqs_event(*_messages(url)), Context()) == {"batchItemFailures": []}
        session.cache_clear()
    return sum(map(units, rows))


def units(row: Row) -> int:
    """Return the write units of a row and of its entries in the indexes, none of which existed before."""
    entries = [{name: row[name] for name in (index, *PROJECTED)} for index in INDEXES if index in row]
    return sum(ceil(_size(written) / 1024) for written in (row, *entries))


def _messages(url: str) -> Iterator[str]:
    for n in range(DELIVERIES):
        pictured = image("holiday at the sea.jpg", image_id=f"img_0193f2a5c0{n:022x}", owner=OWNER)
        seen = replace(recognition("golden retriever"), detections=recognition("golden retriever").detections[:1])
        event = Event.recognized(pictured, seen, f"2026-11-20T17:00:{n:02}.000Z")
        yield Delivery.of(event, Subscription(OWNER, f"sub_0193f2a5c0{0:022x}", url), int(time.time())).to_json()


def _rows(model: Any, params: Mapping[str, Any], **_: object) -> Iterator[Row]:
    """Yield the rows that a call writes; a call of another kind than deliver's is an error."""
    if model.name == "BatchExecuteStatement":
        for statement in params["Statements"]:
            yield dict(zip(re.findall(r"'(\w+)': \?", statement["Statement"]), statement["Parameters"], strict=True))
    elif model.name == "BatchWriteItem":
        yield from (write["PutRequest"]["Item"] for writes in params["RequestItems"].values() for write in writes)
    elif model.name == "PutItem":
        yield params["Item"]
    else:
        assert model.name == "BatchGetItem", model.name


def _size(row: Row) -> int:
    """Return the size of a row as DynamoDB counts it."""
    values = {name: next(iter(value.values())) for name, value in row.items()}
    return sum(len(name) + len(value if isinstance(value, bytes) else value.encode()) for name, value in values.items())
