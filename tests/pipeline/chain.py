"""The deployed app, called over HTTP, and as the account's root where the API does not suffice."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import jwt
import requests

from local.demo.receiver import Receipt, Receiver
from local.deployment import Deployment
from tests.pipeline import response_check

PATIENCE = 300.0
"""Seconds after which a test is taken to hang; no test has another limit of time."""

T = TypeVar("T")


@dataclass(frozen=True)
class Chain:
    """A deployment, the URL of the photographs' file server, the receiver of its webhooks, and a user's token."""

    deployment: Deployment
    photos: str
    receiver: Receiver
    token: str | None = None

    @property
    def sub(self) -> str:
        """The `sub` of the signed-in user."""
        return str(jwt.decode(str(self.token), options={"verify_signature": False})["sub"])

    def request(self, method: str, path: str, **parameters: Any) -> requests.Response:
        """Send one request to the API and check that the API's description allows its response."""
        headers = parameters.pop("headers", {}) | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        url = self.deployment.endpoints.api + path
        response = requests.request(method, url, headers=headers, timeout=60, **parameters)
        response_check.check(self.deployment.endpoints.api, response)
        return response

    def by_url(self, name: str) -> str:
        """Upload the photograph of the cat by its URL under this name; return the image id."""
        response = self.request("POST", "/images", json={"url": f"{self.photos}/cat.png", "name": name})
        assert response.status_code == 202, response.text
        return str(response.json()["image_id"])

    def by_bytes(self, name: str, body: bytes) -> str:
        """Upload bytes under this name; return the image id."""
        response = self.request(
            "POST", "/images", params={"name": name}, data=body, headers={"Content-Type": "image/jpeg"}
        )
        assert response.status_code == 202, response.text
        return str(response.json()["image_id"])

    def by_form(self, name: str, picture: bytes, **options: Any) -> str:
        """Upload by a presigned POST; return the image id."""
        body = {"name": name, "content_type": "image/jpeg"} | ({"options": options} if options else {})
        response = self.request("POST", "/uploads", json=body)
        assert response.status_code == 201, response.text
        form = response.json()["upload"]
        stored = requests.post(form["url"], data=form["fields"], files={"file": picture}, timeout=60)
        assert stored.status_code in (200, 204), stored.text
        return str(response.json()["image_id"])

    def by_hand(self, key: str, body: bytes, **metadata: str) -> str:
        """Put an object into the bucket as any AWS client would; return the image id that it gets."""
        bucket = self.deployment.endpoints.images_bucket
        self.deployment.client("s3").put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata)
        name = key.rsplit("/", 1)[-1]
        found = wait_for(lambda: [image for image in self.listed() if image["name"] == name])
        return str(found[0]["image_id"])

    def listed(self) -> list[dict[str, Any]]:
        """Return the newest hundred images with an outcome."""
        return list(self.request("GET", "/images", params={"limit": "100"}).json()["items"])

    def settled(self, image_id: str) -> dict[str, Any]:
        """Return the image once it has an outcome."""

        def look() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.request("GET", f"/images/{image_id}").json()
            return shown if shown["status"] != "queued" else None

        return wait_for(look)

    def receipts(self, image_id: str, times: int = 1) -> list[Receipt]:
        """Return the receipts of an image's events, once there are `times` of them."""

        def look() -> list[Receipt] | None:
            received = [
                receipt
                for receipt in self.receiver.receipts
                if receipt.event and receipt.event["data"].get("image_id") == image_id
            ]
            return received if len(received) >= times else None

        return wait_for(look)


def wait_for(look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """Call `look` until it returns a true value, and return that value."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing was found within {patience:.0f} s"
        time.sleep(0.1)
    return found
