"""Handle the route that shows an image's timeline: its arrival, its outcomes, and their deliveries."""

import os
from collections.abc import Iterator
from typing import Any

from domain.clock import now, rfc3339
from domain.ids import is_id
from domain.image import ID_PREFIX, images_prefix
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.timeline.runtime.timeline import Hop, timeline
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.keys import ImageKey
from wire.aws.client import client
from wire.aws.rows import query
from wire.http.api import ApiError, Request, Response, json_response, only_query, owner, path, respond

IMAGES_BUCKET = os.environ["IMAGES_BUCKET"]
RECOGNITIONS_TABLE = os.environ["RECOGNITIONS_TABLE"]
ANSWERS_TABLE = os.environ["ANSWERS_TABLE"]
PUBLIC_URL = os.environ["PUBLIC_URL"]

dynamodb, s3 = client("dynamodb"), client("s3")
log = DeliveryLog(dynamodb, os.environ["DELIVERIES_TABLE"])


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def get_timeline(request: Request) -> Response:
    """GET /images/{image_id}/timeline: every hop, the oldest first."""
    only_query(request)
    image_owner, image_id = owner(request), path(request, "image_id")
    if not is_id(ID_PREFIX, image_id):
        raise _no_such_image()
    links = {"self": f"{PUBLIC_URL}/images/{image_id}/timeline", "image": f"{PUBLIC_URL}/images/{image_id}"}
    return json_response(200, {"image_id": image_id, "items": _hops(image_owner, image_id), "links": links})


def _hops(owner: str, image_id: str) -> list[Hop]:
    keys = ImageKey(owner, image_id).items()
    rows = (dynamodb.get_item(TableName=RECOGNITIONS_TABLE, Key=key, ConsistentRead=True).get("Item") for key in keys)
    row = next(filter(None, rows), None)
    if not row:
        return timeline(image_id, _stored_at(owner, image_id), (), (), ())
    entry = Entry.unless_erased(row)
    if not entry:
        raise _no_such_image()
    entries = [*_earlier(entry), entry]
    queued_at = entries[0].image.received_at
    deliveries = [record.not_before(now().timestamp()) for record in log.of_image(owner, image_id)]
    return timeline(image_id, queued_at, entries, entry.corrections, deliveries)


def _earlier(entry: Entry) -> Iterator[Entry]:
    """Yield all outcomes that the present one has replaced, the oldest first; no request if there are none.

    recognition's History is no substitute: it reads the newest twenty.
    """
    if not entry.earlier:
        return
    about = {":about": {"S": "/".join(entry.key)}}
    arguments = {"KeyConditionExpression": "about = :about", "ExpressionAttributeValues": about}
    for row in query(dynamodb, TableName=ANSWERS_TABLE, ConsistentRead=True, **arguments):
        yield Entry.from_item(row)


def _stored_at(owner: str, image_id: str) -> str:
    """Return when an image without an outcome was stored; raises ApiError 404 if there is no object either."""
    found = s3.list_objects_v2(Bucket=IMAGES_BUCKET, Prefix=images_prefix(owner, image_id), MaxKeys=1)
    if not found["KeyCount"]:
        raise _no_such_image()
    return rfc3339(found["Contents"][0]["LastModified"])


def _no_such_image() -> ApiError:
    return ApiError(404, "no_such_image", "There is no such image; ids come from the response to an upload.")


ROUTES = {"GET /images/{image_id}/timeline": get_timeline}
