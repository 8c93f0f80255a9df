"""The owner of the webhooks, by the app's own routes; and the operator, by the commands of docs/operations.md."""

from collections.abc import Sequence
from typing import Any

import requests

from local.deployment import Deployment
from tests.chaos.servers.receivers import Receiver

QUEUES = ("Uploads", "Events", "Deliveries")


class Owner:
    """Has subscribed each receiver, by its name."""

    def __init__(self, api: str) -> None:
        self._api = api
        self.webhooks: dict[str, str] = {}

    def subscribe(self, receiver: Receiver, **wishes: Any) -> None:
        """Tell the receiver of what it wishes."""
        said = self._ask("POST", "/webhooks", json={"url": receiver.url} | wishes)
        receiver.secret, self.webhooks[receiver.name] = said["secret"], said["webhook_id"]

    def enable_all(self) -> None:
        """Their receivers are mended: begin anew without failures."""
        for webhook_id in self.webhooks.values():
            self._ask("PATCH", f"/webhooks/{webhook_id}", json={"enabled": True})

    def send_again(self) -> int:
        """All that was given up, and all that was dropped while one was disabled; answers how many deliveries."""
        sent = 0
        for webhook_id in self.webhooks.values():
            sent += self._pages(f"/webhooks/{webhook_id}/redrive?limit=100")
            sent += self._pages(f"/webhooks/{webhook_id}/replay?since=2026-01-01T00:00:00Z&status=dropped&limit=100")
        return sent

    def _pages(self, path: str) -> int:
        sent, cursor = 0, ""
        while True:
            said = self._ask("POST", f"{path}&cursor={cursor}" if cursor else path)
            sent += int(said["deliveries"])
            cursor = said["next_cursor"]
            if not cursor:
                return sent

    def _ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        answer = requests.request(method, self._api + path, timeout=60, **given)
        while answer.status_code == 503:  # not all was queued, says its problem: try again
            answer = requests.request(method, self._api + path, timeout=60, **given)
        assert answer.ok, answer.text
        said: dict[str, Any] = answer.json()
        return said


class Operator:
    """Looks at the queues, and sends dead letters back to them."""

    def __init__(self, deployment: Deployment) -> None:
        self._sqs = deployment.client("sqs")
        self.urls = {name: deployment.outputs[f"{name}QueueUrl"] for name in QUEUES}
        self.dead = {name: deployment.outputs[f"{name}DeadQueueUrl"] for name in QUEUES}

    def waiting(self) -> dict[str, int]:
        """How many messages each queue holds, in flight or not."""
        return {name: sum(self._counts(url)) for name, url in self.urls.items()}

    def redrive(self) -> dict[str, int]:
        """Send the dead letters of every queue back to it; answers how many there were."""
        moved = {name: sum(self._counts(url)) for name, url in self.dead.items()}
        for name in QUEUES:
            arns = {"SourceArn": self._arn(self.dead[name]), "DestinationArn": self._arn(self.urls[name])}
            self._sqs.start_message_move_task(**arns)
        return moved

    def letters(self, name: str) -> Sequence[str]:
        """The bodies of a queue's dead letters."""
        found: dict[str, str] = {}
        while True:
            asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 600}
            messages = self._sqs.receive_message(QueueUrl=self.dead[name], **asked).get("Messages", ())
            if not messages:
                return list(found.values())
            found |= {each["MessageId"]: each["Body"] for each in messages}

    def _counts(self, url: str) -> list[int]:
        kinds = ("", "NotVisible", "Delayed")
        names = [f"ApproximateNumberOfMessages{kind}" for kind in kinds]
        said = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return [int(said[name]) for name in names]

    def _arn(self, url: str) -> str:
        said = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(said["Attributes"]["QueueArn"])
