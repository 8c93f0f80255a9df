"""A batch of pictures: sent to a deployment, then polled until each has an outcome."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.client.resources.waiting import rejection
from sightline.client.schemas.image import Image
from sightline.client.schemas.queries import Options
from sightline.client.transport.form import Progress
from sightline.client.transport.retries import Interrupted
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

    def __init__(self, client: Client, sources: Sequence[Source], options: Options, workers: int) -> None:
        self._client, self._sources, self._options, self._workers = client, sources, options, workers
        self._uploads = dict[Source, Upload]()
        self.in_flight = set[Source]()

    @property
    def uploads(self) -> list[Upload]:
        """The results so far, in the order of the sources."""
        return [self._uploads[source] for source in self._sources if source in self._uploads]

    def send(self, advance: Progress) -> None:
        """Send all pictures; raises Problem with status 401, because then no other call will succeed."""

        def send(source: Source) -> None:
            share = Share(advance)
            self._send(source, share)
            share.complete()

        for _ in work_through(send, self._sources, self._workers):
            pass

    def wait(self, timeout: float, advance: Progress) -> None:
        """Poll the images that were sent until each has an outcome, for at most `timeout` seconds."""
        deadline = time.monotonic() + timeout

        def poll(upload: Upload) -> None:
            if upload.image:
                self._poll(upload, upload.image["image_id"], deadline)
            advance(1)

        for _ in work_through(poll, [upload for upload in self._uploads.values() if upload.image], self._workers):
            pass

    def stop(self) -> None:
        """Start no other picture, abort the files being sent, and wait a moment for calls that cannot be aborted."""
        self._client.interrupt()
        until = time.monotonic() + _GRACE_SECONDS
        while self.in_flight and time.monotonic() < until:
            time.sleep(0.05)

    def _send(self, source: Source, advance: Progress) -> None:
        if self._client.is_interrupted:
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

    def _new_image(self, source: Source, advance: Progress) -> Image:
        if source.problem:
            raise source.problem
        return self._client.images.upload(source.argument, name=source.name, on_progress=advance, **self._options)

    def _poll(self, upload: Upload, image_id: str, deadline: float) -> None:
        try:
            upload.image = self._client.images.wait(image_id, timeout=max(0.0, deadline - time.monotonic()))
            upload.problem = rejection(upload.image)
        except Problem as problem:
            upload.problem = problem
