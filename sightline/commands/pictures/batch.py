"""A batch of pictures: sent to a deployment, then polled until each has an outcome."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sightline.client.api import Api, Interrupted
from sightline.client.form import Advance, Form
from sightline.client.polling import wait_for_outcome
from sightline.client.problem import Problem
from sightline.client.schemas.changes import UploadForm
from sightline.client.schemas.image import Image
from sightline.commands.pictures.sources import Source
from sightline.commands.pictures.workers import work_through
from sightline.output.progress import Share

_GRACE_SECONDS = 2.0


@dataclass(slots=True)
class Upload:
    """The result of one source: the image as the API returned it last, or the problem, or both."""

    source: Source
    image: Image | None = None
    problem: Problem | None = None


class Batch:
    """Sources that are sent `workers` at a time; `in_flight` are those being sent at this moment."""

    def __init__(self, api: Api, sources: Sequence[Source], options: Mapping[str, object], workers: int) -> None:
        self._api, self._sources, self._options, self._workers = api, sources, options, workers
        self._uploads = dict[Source, Upload]()
        self.in_flight = set[Source]()

    @property
    def uploads(self) -> list[Upload]:
        """The results so far, in the order of the sources."""
        return [self._uploads[source] for source in self._sources if source in self._uploads]

    def send(self, advance: Advance) -> None:
        """Send all pictures; raises Problem with status 401, because then no other call will succeed."""

        def send(source: Source) -> None:
            share = Share(advance)
            self._send(source, share)
            share.complete()

        for _ in work_through(send, self._sources, self._workers):
            pass

    def wait(self, timeout: float, advance: Advance) -> None:
        """Poll the images that were sent until each has an outcome, for at most `timeout` seconds."""
        deadline = time.monotonic() + timeout

        def poll(upload: Upload) -> None:
            if upload.image:
                upload.image, upload.problem = wait_for_outcome(self._api, upload.image, deadline)
            advance(1)

        for _ in work_through(poll, [upload for upload in self._uploads.values() if upload.image], self._workers):
            pass

    def stop(self) -> None:
        """Start no other picture, abort the files being sent, and wait a moment for calls that cannot be aborted."""
        self._api.interrupted.set()
        until = time.monotonic() + _GRACE_SECONDS
        while self.in_flight and time.monotonic() < until:
            time.sleep(0.05)

    def _send(self, source: Source, advance: Advance) -> None:
        if self._api.interrupted.is_set():
            raise Interrupted
        self.in_flight.add(source)
        try:
            self._uploads[source] = Upload(source, image=self._new_image(source, advance))
        except Problem as problem:
            self._uploads[source] = Upload(source, problem=problem)
            if problem.status == 401:
                raise
        finally:
            self.in_flight.discard(source)

    def _new_image(self, source: Source, advance: Advance) -> Image:
        options: dict[str, object] = {"options": dict(self._options)} if self._options else {}
        if source.is_url:
            image: Image = self._api.post("/images", {"url": source.argument} | options)
            return image
        content, content_type = source.read()
        body: dict[str, object] = {"name": source.name, "content_type": content_type} | options
        created: UploadForm = self._api.post("/uploads", body)
        form = created["upload"]
        self._api.send_form(form["url"], Form(form["fields"], content, advance, self._api.interrupted))
        return {"image_id": created["image_id"], "name": source.name, "status": "queued"}
