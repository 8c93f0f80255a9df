"""Answers DELETE /images/{image_id}: nothing of the image is left but the receipt."""

import os
from functools import partial
from typing import Any

from domain.clock import now
from recognition.images.runtime.erase.erase import erase
from recognition.images.runtime.erase.objects import ErasureError, ImageObjects
from recognition.images.runtime.erase.rows import ImageRows
from recognition.images.runtime.lookup import image_id_of, no_such_image
from recognition.results.runtime.publish import announce
from recognition.results.runtime.recognitions import Recognitions
from wire.aws.client import client
from wire.aws.rows import UndoneError
from wire.http.api import ApiError, Request, Response, json_response, only_query, owner, respond

dynamodb = client("dynamodb")
recognitions = Recognitions(dynamodb, os.environ["RECOGNITIONS_TABLE"])
rows = ImageRows(dynamodb, index=os.environ["IMAGE_INDEX_TABLE"], answers=os.environ["ANSWERS_TABLE"])
objects = ImageObjects(client("s3"), os.environ["IMAGES_BUCKET"], os.environ["DERIVED_BUCKET"])
announce_results = partial(announce, client("sns"), os.environ["RESULTS_TOPIC"])


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def erase_image(request: Request) -> Response:
    """DELETE /images/{image_id}: every version, derived picture and row; the receipt names them. Safe to repeat."""
    only_query(request)
    image_id = image_id_of(request)
    try:
        receipt = erase(owner(request), image_id, now(), recognitions, rows, objects, announce_results)
    except (ErasureError, UndoneError) as error:
        raise ApiError(503, "erase_incomplete", "Not all of it is gone yet; ask again.", retryable=True) from error
    if receipt is None:
        raise no_such_image()
    return json_response(200, receipt)


ROUTES = {"DELETE /images/{image_id}": erase_image}
