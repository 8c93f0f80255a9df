"""The users, who upload in every way, request recognition again and erase; they record the API's acknowledgments."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from domain.image import image_key
from local.deployment import Deployment
from tests.chaos.functions.batches import RECOGNIZE, Batches
from tests.chaos.plan.pictures import content
from tests.chaos.plan.plan import AGAIN, AGAIN_EDGE, ERASE, NEW_VERSION, PUT, Life

JSON = {"Content-Type": "application/json"}
NOT_YET = (404, 409, 503)


@dataclass
class Acknowledgments:
    """The API's acknowledgments: contents by key in order, ids by life, image ids by request, moments of erasure.

    `erasing` holds the moment at which an erasure was first requested.
    """

    puts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    image_ids: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    erasing: dict[str, float] = field(default_factory=dict)
    erased: dict[str, float] = field(default_factory=dict)


class Users:
    """The users of the API; `acknowledged` are the responses that they rely on."""

    def __init__(self, deployment: Deployment, pictures: str, batches: Batches, now: Callable[[], float]) -> None:
        self.acknowledged = Acknowledgments()
        self._api, self._pictures, self._batches, self._now = deployment.endpoints.api, pictures, batches, now
        self._s3, self._bucket = deployment.client("s3"), deployment.endpoints.images_bucket
        self._lock = threading.Lock()

    def do(self, life: Life, action: str) -> bool:
        """Do one step; return False if the app is not ready for it yet."""
        if action in (PUT, NEW_VERSION):
            self._put(life, life.contents[action == NEW_VERSION])
            return True
        image_id = self._image_id(life)
        if image_id is None:
            return False
        return self._erase(image_id) if action == ERASE else self._recognize_again(image_id, _AGAIN[action])

    def _put(self, life: Life, number: int) -> None:
        ways = {"form": self._by_form, "hand": self._by_hand, "bytes": self._by_bytes, "url": self._by_url}
        key, image_id = ways[life.way](life, number)
        with self._lock:
            self.acknowledged.puts[key].append(number)
            self.acknowledged.keys[life.number] = key
            if image_id:
                self.acknowledged.image_ids[life.number] = image_id

    def _by_form(self, life: Life, number: int) -> tuple[str, str]:
        """Upload by a presigned form; the same key a second time is a new version of the same image."""
        if life.number in self.acknowledged.keys:
            self._s3.put_object(Bucket=self._bucket, Key=self.acknowledged.keys[life.number], Body=content(number))
            return self.acknowledged.keys[life.number], self.acknowledged.image_ids[life.number]
        body = {"name": life.name, "content_type": "image/jpeg"}
        created = self._request("POST", "/uploads", 201, json=body)
        form = created["upload"]
        stored = requests.post(form["url"], data=form["fields"], files={"file": content(number)}, timeout=60)
        assert stored.ok, stored.text
        return form["fields"]["key"], created["image_id"]

    def _by_hand(self, life: Life, number: int) -> tuple[str, str]:
        """Put an object into the bucket; the same key a second time is an image of its own."""
        key = f"by-hand/{life.number}/{life.name}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content(number))
        return key, ""

    def _by_bytes(self, life: Life, number: int) -> tuple[str, str]:
        parameters = {"params": {"name": life.name}, "data": content(number), "headers": {"Content-Type": "image/jpeg"}}
        return self._key(life, self._request("POST", "/images", 202, **parameters)["image_id"])

    def _by_url(self, life: Life, number: int) -> tuple[str, str]:
        body = {"url": f"{self._pictures}/{number}.jpg", "name": life.name}
        return self._key(life, self._request("POST", "/images", 202, json=body)["image_id"])

    def _key(self, life: Life, image_id: str) -> tuple[str, str]:
        return image_key("public", image_id, life.name), image_id

    def _recognize_again(self, image_id: str, options: Mapping[str, str]) -> bool:
        response = self._call("POST", f"/images/{image_id}/recognitions", json=options)
        if response.status_code in NOT_YET:
            return False
        assert response.status_code == 202, response.text
        with self._lock:
            self.acknowledged.requests[response.json()["request"]] = image_id
        return True

    def _erase(self, image_id: str) -> bool:
        self.acknowledged.erasing.setdefault(image_id, self._now())
        response = self._call("DELETE", f"/images/{image_id}")
        if response.status_code in NOT_YET:
            return False
        assert response.status_code == 200, response.text
        with self._lock:
            self.acknowledged.erased[image_id] = self._now()
        return True

    def _image_id(self, life: Life) -> str | None:
        """Return the image id; that of an object put by hand is known once recognize has received the event."""
        if life.way != "hand":
            return self.acknowledged.image_ids[life.number]
        key = self.acknowledged.keys[life.number]
        images = (request.image for batch in self._batches.all(RECOGNIZE) for request in batch.requests)
        return next((image.image_id for image in images if image.key == key), None)

    def _request(self, method: str, path: str, wanted: int, **parameters: Any) -> dict[str, Any]:
        response = self._call(method, path, **parameters)
        assert response.status_code == wanted, response.text
        body: dict[str, Any] = response.json()
        return body

    def _call(self, method: str, path: str, **parameters: Any) -> requests.Response:
        return requests.request(method, self._api + path, timeout=60, **parameters)


_AGAIN = {AGAIN: {"detector": "rekognition"}, AGAIN_EDGE: {"detector": "edge"}}
