"""Handler of DELETE /images/{image_id}: erases an image and returns a receipt."""

import os
from functools import partial
from typing import Any

from domain.clock import now
from recognition.images.runtime.erase.erasure import ErasureStores, erase
from recognition.images.runtime.erase.objects import ErasureError, ImageObjects
from recognition.images.runtime.erase.rows import ImageRows
from recognition.images.runtime.erase.tombstones import Tombstones
from recognition.images.runtime.lookup import image_key_of, no_such_image
from recognition.results.runtime.publish import publish
from wire.aws.client import client
from wire.aws.rows import UndoneError
from wire.http.api import ApiError, Request, Response, json_response, only_query, respond

dynamodb = client("dynamodb")
stores = ErasureStores(
    Tombstones(dynamodb, os.environ["RECOGNITIONS_TABLE"]),
    ImageRows(dynamodb, index=os.environ["IMAGE_INDEX_TABLE"], answers=os.environ["ANSWERS_TABLE"]),
    ImageObjects(client("s3"), os.environ["IMAGES_BUCKET"], os.environ["DERIVED_BUCKET"]),
)
publish_results = partial(publish, client("sns"), os.environ["RESULTS_TOPIC"])


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def erase_image(request: Request) -> Response:
    """DELETE /images/{image_id}: erase every version, derived picture and row; the receipt lists them. Repeatable."""
    only_query(request)
    key = image_key_of(request)
    try:
        receipt = erase(key, now(), stores, publish_results)
    except (ErasureError, UndoneError) as error:
        raise ApiError(503, "erase_incomplete", "Parts of the image remain; try again.", retryable=True) from error
    if receipt is None:
        raise no_such_image()
    return json_response(200, receipt)


ROUTES = {"DELETE /images/{image_id}": erase_image}
