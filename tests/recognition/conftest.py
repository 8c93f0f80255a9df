"""An account in moto for recognition's functions: buckets, tables, queues, topic, and a fake edge function."""

import importlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

from recognition.results.runtime.entry import Entry
from tests.builders import create_table

BUCKET = "images"
TODAY = datetime(2026, 11, 20, 17, tzinfo=UTC)
"""The time at which images are counted, so that no test spans midnight."""

TABLES = {
    "recognitions": ("owner", "image_id"),
    "index": ("found_by", "image_id"),
    "answers": ("about", "answer"),
    "usage": ("owner", "day"),
}


@dataclass
class Account:
    """Clients and names of the resources that the functions use; the queue `subscriber` receives published events."""

    s3: Any
    sqs: Any
    dynamodb: Any
    uploads: str
    subscriber: str
    edge: "Edge" = field(default_factory=lambda: Edge())

    def put(self, key: str, **metadata: str) -> str:
        """Store an object; return its version."""
        return str(self.s3.put_object(Bucket=BUCKET, Key=key, Body=b"picture", Metadata=metadata)["VersionId"])

    def published(self) -> list[dict[str, Any]]:
        """Return the events that were published since the last call."""
        messages = self.sqs.receive_message(QueueUrl=self.subscriber, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def rows(self, table: str = "recognitions") -> list[dict[str, Any]]:
        """Return the items of a table."""
        return list(self.dynamodb.scan(TableName=table)["Items"])

    def entries(self) -> list[Entry]:
        """Return the current entries."""
        return list(map(Entry.from_item, self.rows()))


@dataclass
class Edge:
    """A Lambda client for an edge function whose results depend on the end of the object's key.

    *.txt is no image, *.later fails temporarily, *.unsure has a low confidence, *.outlined has an outline, *.poison
    ends the function. A model that is named like an error code has that error.
    """

    requests: list[dict[str, Any]] = field(default_factory=list)
    version: str = "1.0.0"

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        request = json.loads(arguments["Payload"])
        self.requests.append(request)
        if any(image.get("key", "").endswith(".poison") for image in request.get("images", ())):
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "signal: killed"}')}
        resolves = {"describe", "resolve"} & request.keys()
        response = {"models": self._models(request)} if resolves else self._response(request)
        return {"Payload": io.BytesIO(json.dumps(response).encode())}

    def derived(self) -> list[dict[str, Any]]:
        """Return the requests to derive pictures."""
        return [picture for request in self.requests for picture in request.get("derive", ())]

    def images(self) -> list[dict[str, Any]]:
        """Return the references to images that were to be recognized."""
        return [image for request in self.requests for image in request.get("images", ())]

    def _models(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        model = {"name": "animals", "version": self.version, "digest": "abc"}
        return [model for _ in request.get("resolve", [None])]

    def _response(self, request: dict[str, Any]) -> dict[str, Any]:
        if "derive" in request:
            return {"results": [self._picture(picture) for picture in request["derive"]]}
        if request["model"] in ("unknown_model", "unusable_model"):
            return {"error": {"code": request["model"], "detail": f"It is {request['model']}."}}
        model = {"name": "animals", "version": self.version, "digest": "abc"}
        return {"model": model, "results": [self._result(image.get("key", "")) for image in request["images"]]}

    def _picture(self, request: dict[str, Any]) -> dict[str, Any]:
        into = request["into"]
        boto3.client("s3").put_object(Bucket=into["bucket"], Key=into["key"], Body=b"JPEG")
        return {"size": {"width": 6, "height": 4}, "bytes": 4}

    def _result(self, key: str) -> dict[str, Any]:
        if key.endswith((".txt", ".later")):
            retryable = key.endswith(".later")
            return {"error": {"code": "not_an_image", "detail": "These bytes are no picture.", "retryable": retryable}}
        confidence = 0.4 if key.endswith(".unsure") else 0.9
        outline = {"outline": [[[0, 0], [1, 0], [1, 1]]]} if key.endswith(".outlined") else {}
        detections = [{"label": "cat", "confidence": confidence} | outline, {"label": "dog", "confidence": 0.1}]
        return {"detections": detections, "size": {"width": 6, "height": 4}, "duration_ms": 3}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Return an account under moto, and set the functions' environment."""
    with mock_aws():
        s3, sqs, sns = boto3.client("s3"), boto3.client("sqs"), boto3.client("sns")
        dynamodb = boto3.client("dynamodb")
        s3.create_bucket(Bucket=BUCKET)
        s3.create_bucket(Bucket="derived")
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        for table, keys in TABLES.items():
            create_table(dynamodb, table, *keys)
        subscriber = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        topic = sns.create_topic(Name="results")["TopicArn"]
        arn = sqs.get_queue_attributes(QueueUrl=subscriber, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        uploads = sqs.create_queue(QueueName="uploads")["QueueUrl"]
        environment = {
            "IMAGES_BUCKET": BUCKET,
            "UPLOADS_QUEUE_URL": uploads,
            "UPLOADS_DEAD_URL": sqs.create_queue(QueueName="dead")["QueueUrl"],
            "RECOGNITIONS_TABLE": "recognitions",
            "IMAGE_INDEX_TABLE": "index",
            "ANSWERS_TABLE": "answers",
            "USAGE_TABLE": "usage",
            "DAILY_UPLOADS": "0",
            "DAILY_SPEND": "0",
            "RESULTS_TOPIC": topic,
            "EDGE_FUNCTION": "edge",
            "DERIVED_BUCKET": "derived",
            "DETECTORS": "edge,rekognition,cascade",
            "CASCADE_BELOW": "0.8",
            "REKOGNITION_PAUSE": "0",
            "PUBLIC_URL": "https://api.example",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("recognition.recognize.runtime.usage.now", lambda: TODAY)
        yield Account(s3, sqs, dynamodb, uploads, subscriber)


@pytest.fixture
def recognize(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the worker's module with a fake edge function."""
    module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
    monkeypatch.setattr(module.detectors.edge, "_lambda", account.edge)
    monkeypatch.setattr(module.detectors, "edge_within", lambda seconds: module.detectors.edge)
    monkeypatch.setattr(module, "retry_later", lambda sqs, queue, failed, policy: failed)
    return module


@pytest.fixture
def images(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the read handler's module with a fake edge function."""
    module = importlib.reload(importlib.import_module("recognition.images.runtime.read.handler"))
    monkeypatch.setattr(module.edge, "_lambda", account.edge)
    return module
