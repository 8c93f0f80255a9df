"""Pictures on their way into a deployment: sent, and looked after until each has an answer."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sightline.client.api import Api, Stopped
from sightline.client.form import Form, Tell
from sightline.client.problem import Problem
from sightline.commands.pictures.sources import Source
from sightline.commands.pictures.workers import work_through
from sightline.output.progress import Share

_GRACE = 2.0
_FIRST_LOOK, _LONGEST_LOOK = 0.3, 3.0

Image = Mapping[str, Any]


@dataclass(slots=True)
class Upload:
    """What came of one source: the image as the API shows it, or the problem."""

    source: Source
    image: Image | None = None
    problem: Problem | None = None


class Batch:
    """Sources sent `workers` at a time; `uploads` are those decided, `under_way` those just being sent."""

    def __init__(self, api: Api, sources: Sequence[Source], options: Mapping[str, object], workers: int) -> None:
        self._api, self._sources, self._options, self._workers = api, sources, options, workers
        self._decided = dict[Source, Upload]()
        self.under_way = set[Source]()

    @property
    def uploads(self) -> list[Upload]:
        """In the order they were named."""
        return [self._decided[source] for source in self._sources if source in self._decided]

    def send(self, tell: Tell) -> None:
        """Send all; raises Problem where nobody is signed in, because then none will get through."""

        def one(source: Source) -> None:
            share = Share(tell)
            self._send(source, share)
            share.complete()

        for _ in work_through(one, self._sources, self._workers):
            pass

    def wait(self, patience: float, tell: Tell) -> None:
        """Look after those sent until each has an answer, for so many seconds at most."""
        deadline = time.monotonic() + patience
        sent = [each for each in self._decided.values() if each.image]

        def look(upload: Upload) -> None:
            upload.image, upload.problem = settled(self._api, upload.image or {}, deadline)
            tell(1)

        for _ in work_through(look, sent, self._workers):
            pass

    def stop(self) -> None:
        """Begin no more, break off the files being sent, and give what cannot be broken off a moment to end."""
        self._api.stopped.set()
        until = time.monotonic() + _GRACE
        while self.under_way and time.monotonic() < until:
            time.sleep(0.05)

    def _send(self, source: Source, tell: Tell) -> None:
        if self._api.stopped.is_set():
            raise Stopped
        self.under_way.add(source)
        try:
            self._decided[source] = Upload(source, image=self._sent(source, tell))
        except Problem as problem:
            self._decided[source] = Upload(source, problem=problem)
            if problem.status == 401:
                raise
        finally:
            self.under_way.discard(source)

    def _sent(self, source: Source, tell: Tell) -> Image:
        options = {"options": dict(self._options)} if self._options else {}
        if source.is_url:
            answer: Image = self._api.post("/images", json={"url": source.given} | options)
            return answer
        picture, content_type = source.read()
        asked = {"name": source.name, "content_type": content_type} | options
        answer = self._api.post("/uploads", json=asked)
        form = answer["upload"]
        self._api.send_form(form["url"], Form(form["fields"], picture, tell, self._api.stopped))
        return {"image_id": answer["image_id"], "name": source.name, "status": "queued"}


def settled(api: Api, image: Image, deadline: float) -> tuple[Image, Problem | None]:
    """The image once it has an answer; a problem where it has none in time or was rejected."""
    pause = _FIRST_LOOK
    while True:
        try:
            image = api.get(f"/images/{image['image_id']}")
        except Problem as problem:
            return image, problem
        if image["status"] != "queued":
            return image, rejection(image)
        if time.monotonic() > deadline:
            return image, Problem("no_answer_yet", "It has no answer yet; sightline watch waits for it.")
        if api.stopped.wait(pause):
            raise Stopped
        pause = min(pause * 1.5, _LONGEST_LOOK)


def rejection(image: Image) -> Problem | None:
    """Why an image was rejected, if it was."""
    said = image.get("rejection")
    return Problem(said["code"], said["detail"]) if said else None
