"""The owner of the webhooks, who uses the API, and the operator, who uses the commands of docs/operations.md."""

from collections.abc import Iterator, Sequence
from typing import Any

import requests

from local.deployment import Deployment
from tests.chaos.servers.receivers import Receiver

QUEUES = ("Uploads", "Events", "Deliveries")


class Owner:
    """The owner of a webhook for each receiver; `webhooks` holds their ids by the receiver's name."""

    def __init__(self, api: str) -> None:
        self._api = api
        self.webhooks: dict[str, str] = {}

    def subscribe(self, receiver: Receiver, **filters: object) -> None:
        """Register a webhook for the receiver."""
        webhook = self._request("POST", "/webhooks", json={"url": receiver.url} | filters)
        receiver.secret, self.webhooks[receiver.name] = webhook["secret"], webhook["webhook_id"]

    def enable_all(self) -> None:
        """Enable every webhook, which clears its failures."""
        for webhook_id in self.webhooks.values():
            self._request("PATCH", f"/webhooks/{webhook_id}", json={"enabled": True})

    def redrive_and_replay(self) -> int:
        """Redrive dead letters and replay deliveries dropped while disabled; return the number of deliveries.

        It is the number of those that are no longer listed. A response of 503 does not say how many deliveries were
        sent before the queue refused others, and the next call finds only these.
        """
        sent = 0
        for webhook_id in self.webhooks.values():
            path = f"/webhooks/{webhook_id}"
            replay = f"{path}/replay?since=2026-01-01T00:00:00Z&status=dropped"
            sent += self._send_all(f"{path}/dead-letters?limit=100", f"{path}/redrive?limit=100")
            sent += self._send_all(f"{path}/deliveries?status=dropped&limit=100", f"{replay}&limit=100")
        return sent

    def _send_all(self, listed: str, send: str) -> int:
        before = sum(len(page["items"]) for page in self._pages("GET", listed))
        assert list(self._pages("POST", send))
        return before - sum(len(page["items"]) for page in self._pages("GET", listed))

    def _pages(self, method: str, path: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = self._request(method, f"{path}&cursor={cursor}" if cursor else path)
            yield page
            cursor = page["next_cursor"]
            if not cursor:
                return

    def _request(self, method: str, path: str, **parameters: Any) -> dict[str, Any]:
        response = requests.request(method, self._api + path, timeout=60, **parameters)
        while response.status_code == 503:  # the queue refused some deliveries, and the problem says to try again
            response = requests.request(method, self._api + path, timeout=60, **parameters)
        assert response.ok, response.text
        body: dict[str, Any] = response.json()
        return body


class Operator:
    """Reads the queues' sizes and sends dead letters back to their queues."""

    def __init__(self, deployment: Deployment) -> None:
        self._sqs = deployment.client("sqs")
        self.urls = {name: deployment.outputs[f"{name}QueueUrl"] for name in QUEUES}
        self.dead_urls = {name: deployment.outputs[f"{name}DeadQueueUrl"] for name in QUEUES}

    def waiting(self) -> dict[str, int]:
        """Return the number of messages in each queue, in flight or not."""
        return {name: sum(self._counts(url)) for name, url in self.urls.items()}

    def redrive(self) -> dict[str, int]:
        """Send the dead letters of every queue back to it; return their number by queue."""
        moved = {name: sum(self._counts(url)) for name, url in self.dead_urls.items()}
        for name in QUEUES:
            arns = {"SourceArn": self._arn(self.dead_urls[name]), "DestinationArn": self._arn(self.urls[name])}
            self._sqs.start_message_move_task(**arns)
        return moved

    def dead_letters(self, name: str) -> Sequence[str]:
        """Return the bodies of a queue's dead letters."""
        found: dict[str, str] = {}
        while True:
            messages = self._sqs.receive_message(
                QueueUrl=self.dead_urls[name], MaxNumberOfMessages=10, VisibilityTimeout=600
            ).get("Messages", ())
            if not messages:
                return list(found.values())
            found |= {message["MessageId"]: message["Body"] for message in messages}

    def _counts(self, url: str) -> list[int]:
        kinds = ("", "NotVisible", "Delayed")
        names = [f"ApproximateNumberOfMessages{kind}" for kind in kinds]
        attributes = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return [int(attributes[name]) for name in names]

    def _arn(self, url: str) -> str:
        queue = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(queue["Attributes"]["QueueArn"])
