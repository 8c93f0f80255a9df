"""The users: what they upload by every way, ask again and erase; and the book of what the app has promised them."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from local.deployment import Deployment
from tests.chaos.functions.batches import RECOGNIZE, Batches
from tests.chaos.plan.pictures import content
from tests.chaos.plan.plan import AGAIN, AGAIN_EDGE, ERASE, PUT, PUT_ANEW, Life

JSON = {"Content-Type": "application/json"}
NOT_YET = (404, 409, 503)


@dataclass
class Promises:
    """What was acknowledged: contents by key in their order, ids by life, wishes by request, and who is erased when.

    `erasing` is when each erasure was asked for first.
    """

    puts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    image_ids: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    erasing: dict[str, float] = field(default_factory=dict)
    erased: dict[str, float] = field(default_factory=dict)


class Users:
    """They do one step of a life at a time; `do` says whether it could be done yet."""

    def __init__(self, deployment: Deployment, pictures: str, batches: Batches, now: Callable[[], float]) -> None:
        self.promises = Promises()
        self._api, self._pictures, self._batches, self._now = deployment.endpoints.api, pictures, batches, now
        self._s3, self._bucket = deployment.client("s3"), deployment.endpoints.images_bucket
        self._lock = threading.Lock()

    def do(self, life: Life, what: str) -> bool:
        """One step; False where the app is not ready for it yet."""
        if what in (PUT, PUT_ANEW):
            self._put(life, life.contents[what == PUT_ANEW])
            return True
        image_id = self._image_id(life)
        if image_id is None:
            return False
        return self._erase(image_id) if what == ERASE else self._again(image_id, _AGAIN[what])

    def _put(self, life: Life, number: int) -> None:
        by = {"form": self._by_form, "hand": self._by_hand, "bytes": self._by_bytes, "url": self._by_url}[life.way]
        key, image_id = by(life, number)
        with self._lock:
            self.promises.puts[key].append(number)
            self.promises.keys[life.number] = key
            if image_id:
                self.promises.image_ids[life.number] = image_id

    def _by_form(self, life: Life, number: int) -> tuple[str, str]:
        """The same key a second time is a new version of the same image."""
        if life.number in self.promises.keys:
            self._s3.put_object(Bucket=self._bucket, Key=self.promises.keys[life.number], Body=content(number))
            return self.promises.keys[life.number], self.promises.image_ids[life.number]
        asked = {"name": life.name, "content_type": "image/jpeg"}
        made = self._ask("POST", "/uploads", 201, json=asked)
        form = made["upload"]
        stored = requests.post(form["url"], data=form["fields"], files={"file": content(number)}, timeout=30)
        assert stored.ok, stored.text
        return form["fields"]["key"], made["image_id"]

    def _by_hand(self, life: Life, number: int) -> tuple[str, str]:
        """The same key a second time is an image of its own."""
        key = f"by-hand/{life.number}/{life.name}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content(number))
        return key, ""

    def _by_bytes(self, life: Life, number: int) -> tuple[str, str]:
        given = {"params": {"name": life.name}, "data": content(number), "headers": {"Content-Type": "image/jpeg"}}
        return self._key(life, self._ask("POST", "/images", 202, **given)["image_id"])

    def _by_url(self, life: Life, number: int) -> tuple[str, str]:
        asked = {"url": f"{self._pictures}/{number}.jpg", "name": life.name}
        return self._key(life, self._ask("POST", "/images", 202, json=asked)["image_id"])

    def _key(self, life: Life, image_id: str) -> tuple[str, str]:
        return f"images/public/{image_id}/{life.name}", image_id

    def _again(self, image_id: str, asked: Mapping[str, str]) -> bool:
        answer = self._call("POST", f"/images/{image_id}/recognitions", json=asked)
        if answer.status_code in NOT_YET:
            return False
        assert answer.status_code == 202, answer.text
        with self._lock:
            self.promises.requests[answer.json()["request"]] = image_id
        return True

    def _erase(self, image_id: str) -> bool:
        self.promises.erasing.setdefault(image_id, self._now())
        answer = self._call("DELETE", f"/images/{image_id}")
        if answer.status_code in NOT_YET:
            return False
        assert answer.status_code == 200, answer.text
        with self._lock:
            self.promises.erased[image_id] = self._now()
        return True

    def _image_id(self, life: Life) -> str | None:
        """Of an object put by hand it is known once recognise was handed the event."""
        if life.way != "hand":
            return self.promises.image_ids[life.number]
        key = self.promises.keys[life.number]
        asked = (each.image for batch in self._batches.all(RECOGNIZE) for each in batch.questions)
        return next((each.image_id for each in asked if each.key == key), None)

    def _ask(self, method: str, path: str, wanted: int, **given: Any) -> dict[str, Any]:
        answer = self._call(method, path, **given)
        assert answer.status_code == wanted, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def _call(self, method: str, path: str, **given: Any) -> requests.Response:
        return requests.request(method, self._api + path, timeout=60, **given)


_AGAIN = {AGAIN: {"detector": "rekognition"}, AGAIN_EDGE: {"detector": "edge"}}
