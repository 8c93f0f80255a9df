"""Count what AWS bills when one batch of images passes recognize, dispatch and deliver, under moto.

DynamoDB's units come from the requests that the functions make and the rows that their tables then hold, so whatever
the row code does is counted. Lines are what the functions print; calls are counted by the size that AWS bills.
"""

import io
import json
import logging
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cache
from typing import Any, NamedTuple
from unittest import mock

import boto3
from moto import mock_aws

from domain.ids import digest
from domain.image import image_key
from tests.benchmarks.calls import TABLES, account, handler_of, received, subscriber
from tests.benchmarks.price.sample import detections, response
from tests.benchmarks.start import ENVIRONMENT
from tests.builders import Context, s3_event, sqs_event
from tests.moto_inserts import support_inserts
from tests.stacks import resources
from wire.aws.session import session

OWNER = "0193f2a5-c0ff-4011-8233-445566778899"
NAME = "holiday at the sea.jpg"
_DETECTORS = {"edge": "edge", "rekognition": "rekognition,edge,cascade,moderation"}
"""The detectors of a deployment with `rekognition=false`, and those of any other one."""
_DIGEST = "2c4c94f9e261f682b0a9f666793bb80bef44f9f258c3b284356d49573ce9588f"
_CHUNK = 64 * 1024
"""SNS and SQS bill each 64 KB that a request has begun: https://aws.amazon.com/sqs/pricing/"""


class Step(NamedTuple):
    """What a function's batch is billed for.

    `writes` and `reads` are DynamoDB's units by table, those of an index by `table/index`; `partitions` are the
    partition keys of the written rows, by table. `requests` are the billed requests of SNS and SQS. `printed` are the
    bytes of the function's log.
    """

    writes: Mapping[str, float]
    partitions: Mapping[str, Sequence[str]]
    reads: Mapping[str, float]
    requests: Mapping[str, int]
    printed: int


@cache
def measure(detector: str, labels: int, images: int, shards: int = 1) -> dict[str, Step]:
    """Pass one batch of images of an owner with a webhook; return what each function's batch is billed for.

    `shards` is the setting of the deployment.
    """
    with (
        mock_aws(),
        subscriber() as url,
        mock.patch.dict(os.environ, ENVIRONMENT | {"SHARDS": str(shards)}),
        mock.patch.dict(os.environ, account(url, owner=OWNER) | {"DETECTORS": _DETECTORS[detector]}),
        mock.patch("integration.deliver.runtime.batch.UNHURRIED_SECONDS", 60),  # moto is slow, and the machine may be
        _logging(),
    ):
        meter = _Meter()
        keys = [image_key(OWNER, f"img_{digest(str(n))[:32]}", NAME) for n in range(images)]
        recognize = handler_of("recognition.recognize.runtime.handler")
        with _answering(recognize, detector, labels):
            steps = {"recognize": meter.step(recognize, list(map(s3_event, keys)))}
        for unit, queue in (("dispatch", "events"), ("deliver", "deliveries")):
            steps[unit] = meter.step(handler_of(f"integration.{unit}.runtime.handler"), received(queue, images))
        session.cache_clear()
    return steps


@contextmanager
def _logging() -> Iterator[None]:
    """Let the functions log as they do in an account, whatever other tests have turned off."""
    before = logging.root.manager.disable
    logging.disable(logging.NOTSET)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _logging_to(stream: io.StringIO) -> Iterator[None]:
    """Let the functions' loggers write there, whatever stream they were created with."""
    loggers = [known for known in logging.root.manager.loggerDict.values() if isinstance(known, logging.Logger)]
    handlers = {handler for known in loggers for handler in known.handlers if type(handler) is logging.StreamHandler}
    before = {handler: handler.setStream(stream) for handler in handlers}
    try:
        yield
    finally:
        for handler, earlier in before.items():
            handler.setStream(earlier or sys.stdout)


@contextmanager
def _answering(recognize: Any, detector: str, labels: int) -> Iterator[None]:
    """Let the detector return so many labels for each image."""
    if detector == "edge":
        edge = mock.Mock(invoke=lambda **given: _edge_response(given, labels))
        with mock.patch.object(recognize.detectors.edge, "_lambda", edge):
            yield
        return
    rekognition = mock.Mock(detect_labels=lambda **_: response(labels))
    with mock.patch.object(recognize.detectors.rekognition, "_rekognition", rekognition):
        yield


def _edge_response(given: Mapping[str, Any], labels: int) -> dict[str, Any]:
    result = {"detections": detections(labels), "size": {"width": 1632, "height": 1224}, "duration_ms": 12}
    model = {"name": "animals", "version": "2.0.0", "digest": _DIGEST}
    results = [result] * len(json.loads(given["Payload"])["images"])
    return {"Payload": io.BytesIO(json.dumps({"model": model, "results": results}).encode())}


class _Meter:
    """Sums up the requests of all AWS clients of the functions, step by step."""

    def __init__(self) -> None:
        self._dynamodb: Any = boto3.client("dynamodb")
        self._calls: list[tuple[str, str, Any, Any]] = []
        support_inserts()
        session.cache_clear()
        botocore_session: Any = session()
        botocore_session.register("before-call", lambda params, context, **_: context.update(sent=params["body"]))
        botocore_session.register("after-call", self._note)
        self._rows: dict[tuple[str, str], int] = {}
        self._written()

    def _note(self, model: Any, parsed: Any, context: Mapping[str, Any], **_: Any) -> None:
        self._calls.append((model.service_model.service_name, model.name, context.get("sent"), parsed))

    def step(self, module: Any, bodies: list[str]) -> Step:
        """Have a function's handler work off these messages, and return what that costs."""
        self._calls.clear()
        printed = io.StringIO()
        with redirect_stdout(printed), _logging_to(printed):
            assert module.handler(sqs_event(*bodies), Context()) == {"batchItemFailures": []}
        writes = self._written()
        # Modules that were imported before log under another name of their service.
        logged = re.sub('"service":"[^"]*"', '"service":"bench"', printed.getvalue())
        return Step(writes, self._partitions, self._read(), self._requests(), len(logged.encode()))

    def _written(self) -> dict[str, float]:
        """Return the write units by table: each new or changed row once, twice where a transaction has written it."""
        twice = {
            write[kind]["TableName"]
            for _, name, sent, _ in self._calls
            if name == "TransactWriteItems"
            for write in json.loads(sent)["TransactItems"]
            for kind in write
        }
        units: dict[str, float] = defaultdict(float)
        self._partitions: dict[str, list[str]] = defaultdict(list)
        for table in TABLES:
            for item in self._scan(table):
                key, text = (table, repr([item[name] for name in TABLES[table]])), repr(item)
                if self._rows.get(key) == hash(text):
                    continue
                self._rows[key] = hash(text)
                self._partitions[table].append(item[TABLES[table][0]]["S"])
                units[table] += _units(_size(item), 1024) * (2 if table in twice else 1)
                for index, projected, partition in _indexes(table, item):
                    units[f"{table}/{index}"] += _units(_size(projected), 1024)
                    self._partitions[f"{table}/{index}"].append(partition)
        return dict(units)

    def _scan(self, table: str) -> Iterator[dict[str, Any]]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=table):
            yield from page["Items"]

    def _read(self) -> dict[str, float]:
        """Return the read units by table; a read of a row that is not there costs as much as one of a small row."""
        units: dict[str, float] = defaultdict(float)
        for _, name, sent, parsed in self._calls:
            if name == "BatchGetItem":
                for table, asked in json.loads(sent)["RequestItems"].items():
                    found = parsed["Responses"].get(table, [])
                    read = sum(_units(self._stored_size(table, item), 4096) for item in found)
                    read += len(asked["Keys"]) - len(found)
                    units[table] += read if asked.get("ConsistentRead") else read / 2
            elif name in ("Query", "GetItem"):
                asked = json.loads(sent)
                rows = parsed.get("Items", [parsed.get("Item", {})])
                read = _units(sum(map(_size, rows)), 4096)
                units[asked["TableName"]] += read if asked.get("ConsistentRead") else read / 2
        return dict(units)

    def _stored_size(self, table: str, item: Mapping[str, Any]) -> int:
        key = {name: item[name] for name in TABLES[table] if name in item}
        if len(key) < len(TABLES[table]):
            return 1
        return _size(self._dynamodb.get_item(TableName=table, Key=key).get("Item", {}))

    def _requests(self) -> dict[str, int]:
        """Return the billed requests of SNS and SQS, by service, and the calls of other services by operation."""
        counts: Counter[str] = Counter()
        for service, name, sent, _ in self._calls:
            if service in ("sns", "sqs"):
                counts[service] += _units(_length(sent), _CHUNK)
            elif service != "dynamodb":
                counts[f"{service}:{name}"] += 1
        return dict(counts)


def _indexes(table: str, item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the indexes of the delivery log that hold a row: name, what it holds of the row, and in which partition."""
    if table != "deliveries":
        return
    for name, properties in resources("AWS::DynamoDB::Table"):
        if "DeliveryLog" not in name:
            continue
        for index in properties["Properties"].get("GlobalSecondaryIndexes", []):
            keys = {key["AttributeName"]: key["KeyType"] for key in index["KeySchema"]}
            if keys.keys() <= item.keys():
                held = {*keys, *TABLES[table]} | set(index["Projection"].get("NonKeyAttributes", []))
                (partition,) = (name for name, kind in keys.items() if kind == "HASH")
                projected = {name: value for name, value in item.items() if name in held}
                yield index["IndexName"], projected, item[partition]["S"]


def _size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of a row as DynamoDB counts it: the names and the values of its attributes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    sizes: dict[str, Callable[[Any], int]] = {
        "S": lambda text: len(text.encode()),
        "B": len,
        "N": lambda digits: len(digits.strip("-").replace(".", "").strip("0")) // 2 + 2,
        "BOOL": lambda _: 1,
        "NULL": lambda _: 1,
        "L": lambda items: 3 + sum(1 + _value_size(item) for item in items),
        "M": lambda items: 3 + sum(1 + len(name.encode()) + _value_size(item) for name, item in items.items()),
    }
    return sizes[kind](value)


def _units(size: int, unit: int) -> int:
    return max(1, -(-size // unit))


def _length(sent: Any) -> int:
    """Return the bytes of a request's body; one of the query protocol is still a mapping."""
    return sum(len(str(value)) for value in sent.values()) if isinstance(sent, dict) else len(sent)
