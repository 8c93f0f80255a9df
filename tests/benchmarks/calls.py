"""AWS calls per image at batch 10, without the call of the model, counted from botocore's events.

Ten images go through the three handlers under moto: one batch each of uploads, events and deliveries, to one
subscriber. Except for the index rows, 25 to a call, a batch costs the same however many images it holds, so this is
also the best case: a batch of one pays it alone.
"""

import importlib
import io
import json
import logging
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from http.server import BaseHTTPRequestHandler
from typing import Any
from unittest import mock

import boto3
from moto import mock_aws

from domain.image import image_key
from integration.subscriptions.runtime.subscription import Subscription
from integration.subscriptions.runtime.table import SubscriptionTable
from local.loopback import serving
from tests.benchmarks.chain.no_op.edge import handler as instant_model
from tests.benchmarks.figure import Figure
from tests.benchmarks.start import ENVIRONMENT
from tests.builders import Context, create_table, s3_event, sqs_event
from wire.aws.session import session

BATCH = 10
MODEL_CALL = "Invoke"
TABLES = {
    "recognitions": ("owner", "image_id"),
    "index": ("found_by", "image_id"),
    "answers": ("about", "answer"),
    "usage": ("owner", "day"),
    "subscriptions": ("owner", "subscription_id"),
    "deliveries": ("about", "delivery"),
}


def figures() -> list[Figure]:
    """Return the calls per image."""
    calls = count()
    return [Figure("AWS calls per image at batch 10, without the model's", sum(calls.values()) / BATCH, at_most=1.5)]


def count(images: int = BATCH) -> Counter[str]:
    """Count the AWS operations called for one batch of images, by name."""
    with (
        mock_aws(),
        subscriber() as url,
        mock.patch.dict(os.environ, ENVIRONMENT | account(url)),
        mock.patch("integration.deliver.runtime.batch.UNHURRIED_SECONDS", 60),  # moto is slow, and the machine may be
        quiet(),
    ):
        session.cache_clear()
        calls: Counter[str] = Counter()
        session().register("before-call", lambda **call: calls.update([call["model"].name]))
        keys = [image_key("public", f"img_{n:032x}", "cat.jpg") for n in range(images)]
        recognize = handler_of("recognition.recognize.runtime.handler")
        with mock.patch.object(recognize.detectors.edge, "_lambda", _Lambda()):
            assert recognize.handler(sqs_event(*map(s3_event, keys)), Context()) == {"batchItemFailures": []}
        for unit, queue in (("dispatch", "events"), ("deliver", "deliveries")):
            module = handler_of(f"integration.{unit}.runtime.handler")
            assert module.handler(sqs_event(*received(queue, images)), Context()) == {"batchItemFailures": []}
        session.cache_clear()
    del calls[MODEL_CALL]
    return calls


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress the output of the functions, and their log lines below a warning."""
    logging.disable(logging.INFO)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)


class _Lambda:
    def invoke(self, **parameters: Any) -> dict[str, Any]:
        results = instant_model(json.loads(parameters["Payload"]), None)
        return {"Payload": io.BytesIO(json.dumps(results).encode())}


def handler_of(name: str) -> Any:
    """Import a handler's module again, so that it reads the present environment."""
    return importlib.reload(importlib.import_module(name))


def account(*urls: str, owner: str = "public") -> dict[str, str]:
    """Create the functions' resources with the owner's subscriptions for these URLs; return the environment."""
    sqs, sns, dynamodb = boto3.client("sqs"), boto3.client("sns"), boto3.client("dynamodb")
    for table, keys in TABLES.items():
        create_table(dynamodb, table, *keys)
    for n, url in enumerate(urls):
        SubscriptionTable(dynamodb, "subscriptions").add(Subscription(owner, f"sub_{n:032x}", url))
    queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("events", "deliveries", "uploads")}
    topic = sns.create_topic(Name="results")["TopicArn"]
    events = sqs.get_queue_attributes(QueueUrl=queues["events"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=events, Attributes={"RawMessageDelivery": "true"})
    key = boto3.client("secretsmanager").create_secret(Name="key", SecretString="k" * 64)
    return {
        "DELIVERIES_QUEUE_URL": queues["deliveries"],
        "DETECTORS": "edge",
        "EVENTS_QUEUE_URL": queues["events"],
        "LOOPBACK": "true",
        "RESULTS_TOPIC": topic,
        "SIGNING_KEY_ARN": key["ARN"],
        "UPLOADS_QUEUE_URL": queues["uploads"],
        **{f"{name.upper()}_DEAD_URL": queue for name, queue in queues.items()},
    }


def received(queue: str, messages: int) -> list[str]:
    """Receive this number of messages and return their bodies."""
    sqs: Any = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    bodies: list[str] = []
    while len(bodies) < messages:
        bodies += [message["Body"] for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    return bodies


@contextmanager
def subscriber() -> Iterator[str]:
    """Serve a subscriber that accepts every webhook; the context gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Accept a webhook."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response_only(204)
            self.end_headers()

    with serving(Handler) as url:
        yield url
