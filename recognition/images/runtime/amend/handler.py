"""Handler of the routes that add to an image: a request to recognize it again, or a correction."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.clock import now, rfc3339
from domain.ids import fresh_id
from domain.options import Options, OptionsError
from recognition.images.runtime.amend.corrections import fit, labels_in
from recognition.images.runtime.lookup import ImageLookup
from recognition.recognize.runtime.request import REQUEST_PREFIX, RecognitionRequest
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.recognitions import Recognitions
from wire.aws.client import client, lazy
from wire.http.api import (
    ApiError,
    Request,
    Response,
    json_body,
    json_response,
    only_fields,
    only_query,
    owner,
    raw_body,
    respond,
)
from wire.http.model_names import ModelNames
from wire.http.quota import Quota

PUBLIC_URL = os.environ["PUBLIC_URL"]
UPLOADS_QUEUE_URL = os.environ["UPLOADS_QUEUE_URL"]
DETECTORS = os.environ["DETECTORS"].split(",")

_ATTEMPTS = 20

recognitions = Recognitions(client("dynamodb"), os.environ["RECOGNITIONS_TABLE"])
lookup = ImageLookup(recognitions, client("s3"), os.environ["IMAGES_BUCKET"])
models = ModelNames(PUBLIC_URL)
quota = Quota.from_environment(os.environ)


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def add_recognition(request: Request) -> Response:
    """POST /images/{image_id}/recognitions: recognize an image again; its earlier results stay."""
    only_query(request)
    chosen = _options(json_body(request) if raw_body(request) else {})
    entry = lookup.finished(request)
    models.check(request, chosen.model, chosen.detector or DETECTORS[0])
    quota.admit(owner(request), chosen.detector or DETECTORS[0])
    options = replace(entry.options, detector=chosen.detector, model=chosen.model)
    requested = RecognitionRequest(entry.image, fresh_id(REQUEST_PREFIX, now()), options)
    lazy("sqs").send_message(QueueUrl=UPLOADS_QUEUE_URL, MessageBody=requested.to_message())
    links = _links(entry.image.image_id)
    body = {"request": requested.request, "image_id": entry.image.image_id, "status": "queued", "links": links}
    return json_response(202, body, location=links["self"])


def add_correction(request: Request) -> Response:
    """POST /images/{image_id}/corrections: store the labels that a person gives to an image, beside its result."""
    only_query(request)
    body = json_body(request)
    only_fields(body, "labels")
    correction = {"labels": labels_in(body), "at": rfc3339(now())}
    image_id = _corrected(request, correction).image.image_id
    links = _links(image_id)
    return json_response(201, {"image_id": image_id} | correction | {"links": links}, location=links["self"])


def _corrected(request: Request, correction: Mapping[str, object]) -> Entry:
    """Store a correction and return the entry; raises ApiError.

    Another request may add one between the look at the limits and the write, which then writes nothing: look again.
    """
    for _ in range(_ATTEMPTS):
        entry = lookup.finished(request)
        if not fit((*entry.corrections, correction)):
            break
        if corrected := recognitions.add_correction(entry.key, correction, after=len(entry.corrections)):
            return corrected
    raise ApiError(409, "too_many_corrections", f"{entry.image.name} cannot hold another correction.")


def _options(body: Mapping[str, object]) -> Options:
    only_fields(body, "detector", "model")
    try:
        options = Options.from_dict(body)
    except OptionsError as error:
        raise ApiError(400, "invalid_options", str(error)) from error
    if options.detector and options.detector not in DETECTORS:
        raise ApiError(400, "detector_unavailable", f"This deployment has {' and '.join(DETECTORS)}.")
    return options


def _links(image_id: str) -> dict[str, str]:
    return {"self": f"{PUBLIC_URL}/images/{image_id}"}


ROUTES = {
    "POST /images/{image_id}/recognitions": add_recognition,
    "POST /images/{image_id}/corrections": add_correction,
}
