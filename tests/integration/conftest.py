"""The integration functions under moto, and a subscriber's server on this machine whose paths choose its behavior."""

import importlib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.log.lists import DeliveryLists
from integration.deliveries.runtime.log.row import DeliveryRecord
from integration.subscriptions.runtime.subscription import Subscription
from integration.subscriptions.runtime.table import SubscriptionTable
from tests.moto_inserts import support_inserts

SIGNING_KEY = b"k" * 64


@dataclass
class Account:
    """The clients, queues and tables that the functions use."""

    sqs: Any
    dynamodb: Any
    events: str
    deliveries: str
    subscriptions: SubscriptionTable
    log: DeliveryLog
    lists: DeliveryLists

    def rows(self) -> list[dict[str, Any]]:
        """Return the subscriptions in their table."""
        items = self.dynamodb.scan(TableName="subscriptions")["Items"]
        return [item for item in items if "url" in item]

    def logged(self) -> list[dict[str, Any]]:
        """Return the contents of the delivery log's rows, in the order of their keys."""
        items = sorted(self.dynamodb.scan(TableName="deliveries")["Items"], key=lambda item: str(item["delivery"]["S"]))
        return [_said(item) for item in items if "said" in item]

    def queued(self) -> list[Delivery]:
        """Return the deliveries queued since the last call."""
        return [Delivery.from_json(body) for body in self._received(self.deliveries)]

    def dead(self) -> list[str]:
        """Receive the dead letters; return their bodies."""
        return self._received(self.sqs.get_queue_url(QueueName="dead")["QueueUrl"])

    def published(self) -> list[Event]:
        """Return the events queued since the last call."""
        return [Event.from_json(body) for body in self._received(self.events)]

    def _received(self, queue: str) -> list[str]:
        found: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in messages]
        return found


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a row; a delivery's row leaves out what has its default."""
    return asdict(DeliveryRecord.from_item(row)) if "webhook" in row else json.loads(row["said"]["S"])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account under moto, and the functions' environment."""
    with mock_aws():
        sqs, dynamodb = boto3.client("sqs"), boto3.client("dynamodb")
        table(dynamodb, "subscriptions", "owner", "subscription_id")
        table(dynamodb, "deliveries", "about", "delivery", by_webhook="webhook", by_status="webhook_status")
        table(dynamodb, "recognitions", "owner", "image_id")
        table(dynamodb, "answers", "about", "answer")
        boto3.client("s3").create_bucket(Bucket="images")
        stored = boto3.client("secretsmanager").create_secret(Name="key", SecretString=SIGNING_KEY.decode())
        events, deliveries = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("events", "deliveries"))
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        environment = {
            "ANSWERS_TABLE": "answers",
            "DELIVERIES_TABLE": "deliveries",
            "IMAGES_BUCKET": "images",
            "RECOGNITIONS_TABLE": "recognitions",
            "SUBSCRIPTIONS_TABLE": "subscriptions",
            "EVENTS_QUEUE_URL": events,
            "DELIVERIES_QUEUE_URL": deliveries,
            "DELIVERIES_DEAD_URL": dead,
            "EVENTS_DEAD_URL": dead,
            "DEFAULT_WEBHOOK_URL": "",
            "SIGNING_KEY_ARN": stored["ARN"],
            "PUBLIC_URL": "https://api.example",
            "WEBHOOKS_PER_OWNER": "50",
            "LOOPBACK": "true",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        log, lists = DeliveryLog(dynamodb, "deliveries"), DeliveryLists(dynamodb, "deliveries")
        yield Account(sqs, dynamodb, events, deliveries, SubscriptionTable(dynamodb, "subscriptions"), log, lists)


def table(dynamodb: Any, name: str, partition: str, order: str, **indexes: str) -> None:
    """Create a table keyed by two texts; the key of each index is a text of its own and `at`."""
    support_inserts()
    texts = {partition, order, *indexes.values()} | ({"at"} if indexes else set())
    found = [
        {
            "IndexName": index,
            "KeySchema": _schema(key, "at"),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["said"]},
        }
        for index, key in indexes.items()
    ]
    dynamodb.create_table(
        TableName=name,
        KeySchema=_schema(partition, order),
        AttributeDefinitions=[{"AttributeName": text, "AttributeType": "S"} for text in texts],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": found} if found else {}),
    )


def _schema(partition: str, order: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": order, "KeyType": "RANGE"}]


def reloaded(name: str) -> ModuleType:
    """Return a handler's module, loaded again in the present environment."""
    return importlib.reload(importlib.import_module(f"integration.{name}"))


@pytest.fixture
def worker(account: Account) -> Iterator[ModuleType]:
    """The deliver function's module in a fresh worker."""
    loaded = reloaded("deliver.runtime.handler")
    yield loaded
    loaded.connections.close()


def subscription(n: int = 0, url: str = "https://example.com/hook", **changed: Any) -> Subscription:
    """Return the n-th subscription of owner `public`."""
    given = {"owner": "public", "subscription_id": f"sub_{n:032x}", "url": url} | changed
    return Subscription(**given)


@dataclass
class Received:
    """One request that reached the subscriber."""

    path: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int]


@dataclass
class Subscriber:
    """A server on this machine; the path of a request determines the response."""

    url: str
    received: list[Received] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    retry_after: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    subscriber: Subscriber

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.subscriber.received.append(Received(self.path, headers, body, self.client_address))
        action, *given = self.path.partition("?")[0].strip("/").split("/")
        getattr(self, f"do_{action}")(*given)

    def do_status(self, status: str, name: str = "x-nothing", value: str = "", length: str = "2") -> None:
        self.send_response(int(status))
        self.send_header(name, value)
        if self.subscriber.retry_after:
            self.send_header("retry-after", self.subscriber.retry_after)
        self.send_header("content-length", length)
        self.end_headers()
        self.wfile.write(b"x" * int(length))

    def do_redirect(self) -> None:
        self.do_status("302", "location", f"{self.subscriber.url}/status/200")

    def do_hang(self) -> None:
        self.subscriber.over.wait()
        self.close_connection = True

    def do_drip(self) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\n" + b"x-padding: drip\r\n" * 1000)

    def do_dripping_body(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        self._drip(b"x" * 1000)

    def do_huge(self) -> None:
        self.send_response(200)
        self.send_header("content-length", str(10**12))
        self.end_headers()
        self._send_until_hung_up(b"x" * 65536)

    def do_close_unannounced(self) -> None:
        self.do_status("200")
        self.close_connection = True

    def do_not_http(self) -> None:
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        self.close_connection = True

    def _drip(self, text: bytes) -> None:
        for n in range(len(text)):
            if self.subscriber.over.wait(0.01) or not self._sent(text[n : n + 1]):
                break
        self.close_connection = True

    def _send_until_hung_up(self, text: bytes) -> None:
        while self._sent(text):
            self.subscriber.received[-1].headers["sent"] = str(
                int(self.subscriber.received[-1].headers.get("sent", 0)) + len(text)
            )
        self.close_connection = True

    def _sent(self, text: bytes) -> bool:
        try:
            self.wfile.write(text)
        except OSError:
            return False
        return True

    def finish(self) -> None:
        """Ignore a connection that the client has closed."""
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """Its paths: /status/204, /status/429/retry-after/7, /redirect, /hang, /drip, /huge, …"""

    class Handler(_Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        subscriber = Subscriber(f"http://127.0.0.1:{server.server_address[1]}")
        Handler.subscriber = subscriber
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        yield subscriber
        subscriber.over.set()
        server.shutdown()
        thread.join()
