"""`client.images`: upload, read, recognize again, correct, export and erase images."""

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Unpack

from sightline.client.pictures.picture import PictureSource, is_url, read_picture
from sightline.client.resources import waiting
from sightline.client.resources.exports import ExportedFile, export_files
from sightline.client.schemas.changes import Erasure, QueuedRequest, StoredCorrection, UploadForm
from sightline.client.schemas.image import Image, Step
from sightline.client.schemas.queries import Filters, Options, View
from sightline.client.transport.api import Api
from sightline.client.transport.form import Form, Progress

Steps = list[Step]
ExportedFiles = list[ExportedFile]


class Images:
    """The images of a deployment. Every method raises a Problem if its call fails."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def upload(
        self,
        picture: PictureSource,
        *,
        name: str | None = None,
        on_progress: Progress | None = None,
        **options: Unpack[Options],
    ) -> Image:
        """Send a picture to be recognized and return the new image, which is queued.

        A file of up to 15 MiB is sent to S3 directly; a URL is fetched by the deployment. `name` replaces that of the
        file. `on_progress` takes the fraction of the file by which sending advanced, negative where it starts over.
        `wait` waits for the outcome.
        """
        asked = _given(options)
        chosen: dict[str, object] = {"options": asked} if asked else {}
        if is_url(picture):
            image: Image = self._api.post("/images", {"url": picture} | _given({"name": name}) | chosen)
            return image
        file = read_picture(picture, name)
        created: UploadForm = self._api.post(
            "/uploads", {"name": file.name, "content_type": file.content_type} | chosen
        )
        form = created["upload"]
        sent = Form(form["fields"], file.content, on_progress or _ignore, self._api.interrupted)
        self._api.send_form(form["url"], sent)
        return {"image_id": created["image_id"], "name": file.name, "status": "queued"}

    def list(self, *, limit: int | None = None, **filters: Unpack[Filters]) -> Iterator[Image]:
        """Iterate over your images that have an outcome, newest first, and read the next page when it is needed.

        `limit` is the most images to return; without it, all of them are.
        """
        return self._api.items("/images", limit, filters)

    def get(self, image_id: str, **view: Unpack[View]) -> Image:
        """Return an image with all that is known about it."""
        image: Image = self._api.get(f"/images/{image_id}", view)
        return image

    def wait(self, image_id: str, *, timeout: float = 300.0) -> Image:
        """Wait until an image is recognized or rejected, and return it; raises NoOutcomeYet after `timeout` seconds."""
        return waiting.wait_for_outcome(self._api, image_id, timeout)

    def watch(self, *, interval: float = 2.0) -> Iterator[Image]:
        """Iterate over images whose first outcome is stored from now on, for ever; reads every `interval` seconds."""
        return waiting.arriving(self._api, interval)

    def timeline(self, image_id: str) -> Steps:
        """Return everything that happened to an image, oldest first."""
        steps: Steps = self._api.get(f"/images/{image_id}/timeline")["items"]
        return steps

    def original(self, image_id: str) -> bytes:
        """Return the picture as it was uploaded."""
        return self._download(str(self.get(image_id)["links"]["original"]))

    def annotated(self, image_id: str, **view: Unpack[View]) -> bytes:
        """Return a JPEG of the picture with its detections drawn on it."""
        return self._download(self._api.location(f"/images/{image_id}/annotated", view))

    def thumbnail(self, image_id: str) -> bytes:
        """Return a JPEG of at most 320 × 320 pixels."""
        return self._download(self._api.location(f"/images/{image_id}/thumbnail"))

    def recognize(self, image_id: str, *, detector: str | None = None, model: str | None = None) -> QueuedRequest:
        """Request that an image is recognized again; earlier outcomes are kept. `wait_for_request` waits for it."""
        asked = _given({"detector": detector, "model": model})
        queued: QueuedRequest = self._api.post(f"/images/{image_id}/recognitions", asked)
        return queued

    def wait_for_request(self, queued: QueuedRequest, *, timeout: float = 300.0) -> Image:
        """Wait until a request to recognize again has its outcome, and return the image.

        A later request may have replaced that outcome, which is then among `earlier`. Raises NoOutcomeYet after
        `timeout` seconds.
        """
        return waiting.wait_for_request(self._api, queued, timeout)

    def correct(self, image_id: str, labels: Iterable[str]) -> StoredCorrection:
        """Store the labels that a person gives an image, beside its recognition; perhaps none."""
        correction: StoredCorrection = self._api.post(f"/images/{image_id}/corrections", {"labels": [*labels]})
        return correction

    def erase(self, image_id: str) -> Erasure:
        """Erase an image for good, with all outcomes and derived pictures, and return the receipt."""
        erasure: Erasure = self._api.delete(f"/images/{image_id}")
        return erasure

    def export(
        self,
        path: str | Path,
        *,
        format: str = "json",
        on_file: Callable[[ExportedFile], None] | None = None,
        **filters: Unpack[Filters],
    ) -> ExportedFiles:
        """Write images and their outcomes into a file, `json`, `csv` or `coco`, and return the files written.

        More than 10,000 images are written into several files, which are numbered. No existing file is overwritten.
        `on_file` takes each file when it is complete.
        """
        return export_files(self._api, Path(path), {"format": format, **filters}, on_file)

    def _download(self, url: str) -> bytes:
        file = io.BytesIO()
        self._api.download(url, file)
        return file.getvalue()


def _given(values: Any) -> dict[str, object]:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def _ignore(fraction: float) -> None:
    """Ignore the progress."""
