"""The functions of recognition and integration in one account of moto, each of whose AWS calls can be interrupted."""

import importlib
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

from domain.image import image_key
from edge_ml.derived.derive import store_derived
from edge_ml.image_error import ImageError
from integration.deliveries.runtime.log.body import body_of
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.table import SubscriptionTable
from recognition.results.runtime.entry import Entry
from tests.builders import Context, create_table, http_request, s3_event, sqs_event
from tests.integration.conftest import subscription, table
from tests.photographs import photograph
from tests.recognition.conftest import BUCKET, TABLES, Edge
from wire.aws import client as aws
from wire.aws.session import session

OWNER = "ann"
LABEL, NAME = "geheimnis", "geheim"
"""The label and the beginning of the name of every image: whatever holds one of them tells of an image."""

QUEUES = ("uploads", "events", "deliveries", "dead")
_HANDLERS = {
    "recognize": "recognition.recognize.runtime.handler",
    "amend": "recognition.images.runtime.amend.handler",
    "read": "recognition.images.runtime.read.handler",
    "erase": "recognition.images.runtime.erase.handler",
    "export": "recognition.images.runtime.export.handler",
    "dispatch": "integration.dispatch.runtime.handler",
    "deliver": "integration.deliver.runtime.handler",
    "log": "integration.deliveries.runtime.handler",
}
_WORKERS = {"uploads": "recognize", "events": "dispatch", "deliveries": "deliver"}


class DerivingEdge(Edge):
    """The fake edge function, which sees one thing on every picture, and derives pictures as the real one does."""

    def _picture(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return dict(store_derived(aws.client("s3"), request))  # type: ignore[arg-type]
        except ImageError as error:
            return {"error": {"code": error.code, "detail": error.detail, "retryable": error.retryable}}

    def _result(self, key: str) -> dict[str, Any]:
        detections = [{"label": LABEL, "confidence": 0.9}]
        return {"detections": detections, "size": {"width": 6, "height": 4}, "duration_ms": 3}


@dataclass
class World:
    """The account. `step` is called before each AWS call of a function and before each post to a subscriber.

    `status` is the subscriber's response. `number` counts the images.
    """

    functions: dict[str, ModuleType] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    step: Callable[[], None] = lambda: None
    status: int = 204
    number: int = 0
    image_id: str = ""

    def stored(self) -> str:
        """Put the picture of a new image; return the message about it."""
        self.number += 1
        self.image_id = f"img_0193f2a5c0ff{self.number:020x}"
        key = image_key(OWNER, self.image_id, f"{NAME}-{self.number}.png")
        version = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=photograph())["VersionId"]
        return s3_event(key, version=version, etag=f"{self.number:032x}")

    def call(self, function: str, route: str, **request: Any) -> tuple[int, Any]:
        """Send a request about the image; return status and body."""
        request = {"path": {"image_id": self.image_id}, "owner": OWNER} | request
        response = self.functions[function].handler(http_request(route, **request), Context())
        return response["statusCode"], json.loads(response["body"])

    def erase(self) -> None:
        """Erase the image, and have the event dispatched."""
        status, receipt = self.call("erase", "DELETE /images/{image_id}")
        assert status == 200, receipt
        erased = [body for body in self.received("events") if f'"{self.image_id}"' in body]
        for body in erased:
            assert self.invoke("dispatch", body) == []

    def invoke(self, function: str, body: str, attempt: int = 1) -> list[str]:
        """Invoke a worker with a message; return the ids of the failed ones."""
        response = self.functions[function].handler(sqs_event(body, attempt=attempt), Context())
        return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]

    def received(self, queue: str) -> list[str]:
        """Receive and delete all messages of a queue; return their bodies."""
        sqs, bodies = boto3.client("sqs"), list[str]()
        url = self.urls[queue]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            bodies += [message["Body"] for message in messages]
        return bodies

    def work_off(self) -> None:
        """Have the workers receive all messages, again until they are finished."""
        waiting = deque((queue, body, 1) for queue in QUEUES for body in self.received(queue))
        while waiting:
            queue, body, attempt = waiting.popleft()
            if self.invoke(_WORKERS[queue], body, attempt):
                assert attempt < 10, body
                waiting.append((queue, body, attempt + 1))
            waiting.extend((other, found, 1) for other in QUEUES for found in self.received(other))

    def settle(self) -> None:
        """Recognize the image and have its event delivered."""
        assert self.invoke("recognize", self.stored()) == []
        self.work_off()

    def expire_exports(self) -> None:
        """Delete the exported files, as the bucket's lifecycle does within two days: docs/api.md says so."""
        s3 = boto3.client("s3")
        for stored in s3.list_objects_v2(Bucket="derived", Prefix="exports/").get("Contents", ()):
            s3.delete_object(Bucket="derived", Key=stored["Key"])

    def remains(self) -> list[str]:
        """Return all texts in buckets, tables and queues that tell of the image."""
        found = [text for text in (*_rows(), *_objects()) if self._tells(text)]
        return found + [body for queue in QUEUES for body in self.received(queue) if self._tells(body)]

    def _tells(self, text: str) -> bool:
        """Return whether a text tells of the image; the tombstone and the event of its erasure hold its id alone."""
        if LABEL in text or NAME in text:
            return True
        return self.image_id in text and '"~"' not in text and "image.erased" not in text


def _rows() -> Iterator[str]:
    dynamodb = boto3.client("dynamodb")
    for name in dynamodb.list_tables()["TableNames"]:
        yield from map(_text, dynamodb.scan(TableName=name)["Items"])


def _text(row: dict[str, Any]) -> str:
    """Return everything that a row says, also in its packed body."""
    body = ""
    if "body" in row:
        body = body_of(row) if "delivery" in row else repr(Entry.from_item(row))
    return json.dumps(row, default=str) + body


def _objects() -> Iterator[str]:
    s3 = boto3.client("s3")
    for bucket in (BUCKET, "derived"):
        listed = s3.list_object_versions(Bucket=bucket)
        for version in [*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())]:
            is_text = version["Key"].startswith("exports/")
            body = s3.get_object(Bucket=bucket, Key=version["Key"])["Body"].read().decode() if is_text else ""
            yield f"{version['Key']} {body}"


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Run all functions in one account, with an enabled and a disabled webhook of the owner."""
    with mock_aws():
        world = World()
        for name, setting in _account(world).items():
            monkeypatch.setenv(name, setting)
        _forget_clients()
        session().register("before-call", lambda **_: world.step())
        for name, module in _HANDLERS.items():
            world.functions[name] = importlib.reload(importlib.import_module(module))
        edge = DerivingEdge()
        monkeypatch.setattr(world.functions["recognize"].detectors.edge, "_lambda", edge)
        monkeypatch.setattr(world.functions["read"].edge, "_lambda", edge)

        def post(*_: Any) -> SubscriberResponse:
            world.step()
            return SubscriberResponse(world.status)

        world.functions["deliver"].connections.post = post
        yield world
        world.functions["deliver"].connections.close()
        _forget_clients()


def _forget_clients() -> None:
    """Let the next clients be made in a new session: those of another test have no interruptions."""
    session.cache_clear()
    aws.lazy.cache_clear()  # type: ignore[attr-defined]


def _account(world: World) -> dict[str, str]:
    """Make the resources; return the functions' environment."""
    s3, sqs, sns, dynamodb = (boto3.client(service) for service in ("s3", "sqs", "sns", "dynamodb"))
    for bucket in (BUCKET, "derived"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for name, keys in TABLES.items():
        create_table(dynamodb, name, *keys)
    table(dynamodb, "subscriptions", "owner", "subscription_id")
    table(dynamodb, "deliveries", "about", "delivery", by_webhook="webhook", by_status="webhook_status")
    subscriptions = SubscriptionTable(dynamodb, "subscriptions")
    subscriptions.add(subscription(0, owner=OWNER))
    subscriptions.add(subscription(1, owner=OWNER))
    subscriptions.change(OWNER, subscription(1).subscription_id, {"disabled": {"S": "owner"}}, ())
    world.urls.update({name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES})
    topic = sns.create_topic(Name="results")["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=world.urls["events"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    key = boto3.client("secretsmanager").create_secret(Name="key", SecretString="k" * 64)["ARN"]
    return {
        "ANSWERS_TABLE": "answers",
        "CASCADE_BELOW": "0.8",
        "DEFAULT_WEBHOOK_URL": "",
        "DELIVERIES_DEAD_URL": world.urls["dead"],
        "DELIVERIES_QUEUE_URL": world.urls["deliveries"],
        "DELIVERIES_TABLE": "deliveries",
        "DERIVED_BUCKET": "derived",
        "DETECTORS": "edge",
        "EDGE_FUNCTION": "edge",
        "EVENTS_DEAD_URL": world.urls["dead"],
        "EVENTS_QUEUE_URL": world.urls["events"],
        "IMAGES_BUCKET": BUCKET,
        "IMAGE_INDEX_TABLE": "index",
        "LOOPBACK": "true",
        "PUBLIC_URL": "https://api.example",
        "RECOGNITIONS_TABLE": "recognitions",
        "REKOGNITION_PAUSE": "0",
        "RESULTS_TOPIC": topic,
        "SIGNING_KEY_ARN": key,
        "SUBSCRIPTIONS_TABLE": "subscriptions",
        "UPLOADS_DEAD_URL": world.urls["dead"],
        "UPLOADS_QUEUE_URL": world.urls["uploads"],
    }
