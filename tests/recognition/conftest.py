"""The recognition functions in moto: bucket, table, queue, topic, and an edge function that answers from a list."""

import importlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.builders import create_table

BUCKET = "images"
TABLES = {
    "recognitions": ("owner", "image_id"),
    "index": ("found_by", "image_id"),
    "answers": ("about", "answer"),
    "usage": ("owner", "day"),
}


@dataclass
class Account:
    """Clients and names of what the functions use, and what the results topic was told."""

    s3: Any
    sqs: Any
    dynamodb: Any
    uploads: str
    heard: str
    edge: "Edge" = field(default_factory=lambda: Edge())

    def put(self, key: str, **metadata: str) -> str:
        """Store an object; answers its version."""
        return str(self.s3.put_object(Bucket=BUCKET, Key=key, Body=b"picture", Metadata=metadata)["VersionId"])

    def told(self) -> list[dict[str, Any]]:
        """The events announced since last asked."""
        messages = self.sqs.receive_message(QueueUrl=self.heard, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in messages]

    def rows(self, table: str = "recognitions") -> list[dict[str, Any]]:
        """The items of a table."""
        return list(self.dynamodb.scan(TableName=table)["Items"])


@dataclass
class Edge:
    """A Lambda client for the edge function, which judges by an object's name.

    *.txt is no image, *.later cannot be read just now, of *.unsure it is unsure, *.outlined has an outline.
    A model named like a refusal is one.
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    version: str = "1.0.0"

    def invoke(self, **given: Any) -> dict[str, Any]:
        asked = json.loads(given["Payload"])
        self.asked.append(asked)
        said = {"models": self._models(asked)} if {"describe", "resolve"} & asked.keys() else self._answer(asked)
        return {"Payload": io.BytesIO(json.dumps(said).encode())}

    def derived(self) -> list[dict[str, Any]]:
        """The pictures it was asked to make."""
        return [each for asked in self.asked for each in asked.get("derive", ())]

    def questions(self) -> list[dict[str, Any]]:
        """The images it was asked about."""
        return [each for asked in self.asked for each in asked.get("images", ())]

    def _models(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"name": "animals", "version": self.version, "digest": "abc"} for _ in asked.get("resolve", [None])]

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "derive" in asked:
            return {"results": [self._picture(each) for each in asked["derive"]]}
        if asked["model"] in ("unknown_model", "unusable_model"):
            return {"error": {"code": asked["model"], "detail": f"It is {asked['model']}."}}
        model = {"name": "animals", "version": self.version, "digest": "abc"}
        return {"model": model, "results": [self._result(each["key"]) for each in asked["images"]]}

    def _picture(self, asked: dict[str, Any]) -> dict[str, Any]:
        into = asked["into"]
        boto3.client("s3").put_object(Bucket=into["bucket"], Key=into["key"], Body=b"JPEG")
        return {"size": {"width": 6, "height": 4}, "bytes": 4}

    def _result(self, key: str) -> dict[str, Any]:
        if key.endswith((".txt", ".later")):
            retryable = key.endswith(".later")
            return {"error": {"code": "not_an_image", "detail": "These bytes are no picture.", "retryable": retryable}}
        sure = 0.4 if key.endswith(".unsure") else 0.9
        cat = {"outline": [[[0, 0], [1, 0], [1, 1]]]} if key.endswith(".outlined") else {}
        seen = [{"label": "cat", "confidence": sure} | cat, {"label": "dog", "confidence": 0.1}]
        return {"detections": seen, "size": {"width": 6, "height": 4}, "duration_ms": 3}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account under moto, and the functions' environment."""
    with mock_aws():
        s3, sqs, sns = boto3.client("s3"), boto3.client("sqs"), boto3.client("sns")
        dynamodb = boto3.client("dynamodb")
        s3.create_bucket(Bucket=BUCKET)
        s3.create_bucket(Bucket="derived")
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        for table, keys in TABLES.items():
            create_table(dynamodb, table, *keys)
        heard = sqs.create_queue(QueueName="heard")["QueueUrl"]
        topic = sns.create_topic(Name="results")["TopicArn"]
        arn = sqs.get_queue_attributes(QueueUrl=heard, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        uploads = sqs.create_queue(QueueName="uploads")["QueueUrl"]
        key = boto3.client("secretsmanager").create_secret(Name="cursor-key", SecretString="k" * 64)
        environment = {
            "CURSOR_KEY_ARN": key["ARN"],
            "IMAGES_BUCKET": BUCKET,
            "UPLOADS_QUEUE_URL": uploads,
            "RECOGNITIONS_TABLE": "recognitions",
            "IMAGE_INDEX_TABLE": "index",
            "ANSWERS_TABLE": "answers",
            "USAGE_TABLE": "usage",
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
        yield Account(s3, sqs, dynamodb, uploads, heard)


@pytest.fixture
def recognize(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The recognise function's module, its edge function faked."""
    module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
    monkeypatch.setattr(module.detectors.edge, "_lambda", account.edge)
    monkeypatch.setattr(module, "retry_later", lambda *given: None)
    return module


@pytest.fixture
def images(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The read routes' module, its edge function faked."""
    module = importlib.reload(importlib.import_module("recognition.images.runtime.read.handler"))
    monkeypatch.setattr(module.edge, "_lambda", account.edge)
    return module
