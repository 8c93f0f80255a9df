"""The deployed app as its users meet it: over HTTP, from outside; and the account's root where only that can look."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

from local.deployment import Deployment
from local.receiver import Book, Receipt
from tests.pipeline import response_check

PATIENCE = 60.0
T = TypeVar("T")


@dataclass(frozen=True)
class Chain:
    """A deployment, the photographs' file server, and a receiver that is subscribed to everything."""

    deployment: Deployment
    photos: str
    book: Book
    token: str | None = None

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        """One call of the API, whose answer is one that the API's description has."""
        headers = given.pop("headers", {}) | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        url = self.deployment.endpoints.api + path
        answer = requests.request(method, url, headers=headers, timeout=60, **given)
        response_check.hold(self.deployment.endpoints.api, answer)
        return answer

    def by_url(self, name: str) -> str:
        """Upload the cat by URL under this name; answers the image id."""
        answer = self.ask("POST", "/images", json={"url": f"{self.photos}/cat.png", "name": name})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["image_id"])

    def by_bytes(self, name: str, body: bytes) -> str:
        """Upload bytes under this name; answers the image id."""
        answer = self.ask("POST", "/images", params={"name": name}, data=body, headers={"Content-Type": "image/jpeg"})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["image_id"])

    def by_form(self, name: str, body: bytes, **options: Any) -> str:
        """Upload through a presigned POST; answers the image id."""
        asked = {"name": name, "content_type": "image/jpeg"} | ({"options": options} if options else {})
        answer = self.ask("POST", "/uploads", json=asked)
        assert answer.status_code == 201, answer.text
        form = answer.json()["upload"]
        stored = requests.post(form["url"], data=form["fields"], files={"file": body}, timeout=30)
        assert stored.status_code in (200, 204), stored.text
        return str(answer.json()["image_id"])

    def by_hand(self, key: str, body: bytes, **metadata: str) -> str:
        """Put an object into the bucket as any AWS client would; answers the image id it gets."""
        bucket = self.deployment.endpoints.images_bucket
        self.deployment.client("s3").put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata)
        name = key.rsplit("/", 1)[-1]
        found = wait_for(lambda: [image for image in self.listed() if image["name"] == name])
        return str(found[0]["image_id"])

    def listed(self) -> list[dict[str, Any]]:
        """The newest hundred images that have an answer."""
        return list(self.ask("GET", "/images", params={"limit": "100"}).json()["items"])

    def settled(self, image_id: str) -> dict[str, Any]:
        """The image once it has an answer."""

        def look() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.ask("GET", f"/images/{image_id}").json()
            return shown if shown["status"] != "queued" else None

        return wait_for(look)

    def told(self, image_id: str, times: int = 1) -> list[Receipt]:
        """The webhooks that came for an image, once there are so many."""

        def look() -> list[Receipt] | None:
            of_it = [
                receipt
                for receipt in self.book.receipts
                if receipt.event and receipt.event["data"]["image_id"] == image_id
            ]
            return of_it if len(of_it) >= times else None

        return wait_for(look)


def wait_for(look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing came of it within {patience:.0f} s"
        time.sleep(0.1)
    return found
