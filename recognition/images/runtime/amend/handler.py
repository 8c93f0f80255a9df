"""Answers the routes by which an owner adds to an image: a wish to have it recognised again, a person's own answer."""

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from domain.clock import now, rfc3339
from domain.ids import fresh_id
from domain.options import Options, OptionsError
from recognition.images.runtime.amend.corrections import fit, labels_in
from recognition.images.runtime.lookup import NamedImages, no_such_image
from recognition.recognize.runtime.request import REQUEST_PREFIX, Question
from recognition.results.runtime.recognitions import Recognitions
from wire.aws.client import client
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
from wire.http.quota import Quota

PUBLIC_URL = os.environ["PUBLIC_URL"]
UPLOADS_QUEUE_URL = os.environ["UPLOADS_QUEUE_URL"]
DETECTORS = os.environ["DETECTORS"].split(",")

recognitions = Recognitions(client("dynamodb"), os.environ["RECOGNITIONS_TABLE"])
named = NamedImages(recognitions, client("s3"), os.environ["IMAGES_BUCKET"])
quota = Quota.from_environment(os.environ)


@cache
def sqs() -> Any:
    """Made when first needed: a correction is not queued."""
    return client("sqs")


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def add_recognition(request: Request) -> Response:
    """POST /images/{image_id}/recognitions: have it recognised again; the answers before stay."""
    only_query(request)
    wanted = _wanted(json_body(request) if raw_body(request) else {})
    entry = named.answered(request)
    quota.admit(owner(request), wanted.detector or DETECTORS[0])
    options = replace(entry.options, detector=wanted.detector, model=wanted.model)
    question = Question(entry.image, fresh_id(REQUEST_PREFIX, now()), options)
    sqs().send_message(QueueUrl=UPLOADS_QUEUE_URL, MessageBody=question.to_message())
    links = _links(entry.image.image_id)
    queued = {"request": question.request, "image_id": entry.image.image_id, "status": "queued", "links": links}
    return json_response(202, queued, location=links["self"])


def add_correction(request: Request) -> Response:
    """POST /images/{image_id}/corrections: what a person says is on it, kept beside what the model said."""
    only_query(request)
    given = json_body(request)
    only_fields(given, "labels")
    correction = {"labels": labels_in(given), "at": rfc3339(now())}
    entry = named.answered(request)
    if not fit((*entry.corrections, correction)):
        raise ApiError(409, "too_many_corrections", f"{entry.image.name} has no room for another correction.")
    if not recognitions.correct(*entry.key, correction):
        raise no_such_image()
    links = _links(entry.image.image_id)
    return json_response(
        201, {"image_id": entry.image.image_id} | correction | {"links": links}, location=links["self"]
    )


def _wanted(given: Mapping[str, Any]) -> Options:
    only_fields(given, "detector", "model")
    try:
        wanted = Options.from_dict(given)
    except OptionsError as error:
        raise ApiError(400, "invalid_options", str(error)) from error
    if wanted.detector and wanted.detector not in DETECTORS:
        raise ApiError(400, "detector_unavailable", f"This deployment has {' and '.join(DETECTORS)}.")
    return wanted


def _links(image_id: str) -> dict[str, str]:
    return {"self": f"{PUBLIC_URL}/images/{image_id}"}


ROUTES = {
    "POST /images/{image_id}/recognitions": add_recognition,
    "POST /images/{image_id}/corrections": add_correction,
}
