"""Answers the route that tells an image's whole way: its arrival, its answers, and who was told of them."""

import os
from typing import Any

from domain.clock import rfc3339
from domain.ids import is_id
from domain.image import ID_PREFIX, images_prefix
from integration.deliveries.runtime.log import DeliveryLog
from integration.timeline.runtime.timeline import Hop, timeline
from recognition.results.runtime.entry import Entry
from wire.aws.client import client
from wire.aws.rows import Item
from wire.http.api import ApiError, Request, Response, json_response, only_query, owner, path, respond

IMAGES_BUCKET = os.environ["IMAGES_BUCKET"]
RECOGNITIONS_TABLE = os.environ["RECOGNITIONS_TABLE"]
ANSWERS_TABLE = os.environ["ANSWERS_TABLE"]
PUBLIC_URL = os.environ["PUBLIC_URL"]

dynamodb, s3 = client("dynamodb"), client("s3")
log = DeliveryLog(dynamodb, os.environ["DELIVERIES_TABLE"])


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def get_timeline(request: Request) -> Response:
    """GET /images/{image_id}/timeline: every hop, the oldest first."""
    only_query(request)
    whose, image_id = owner(request), path(request, "image_id")
    if not is_id(ID_PREFIX, image_id):
        raise _no_such_image()
    links = {"self": f"{PUBLIC_URL}/images/{image_id}/timeline", "image": f"{PUBLIC_URL}/images/{image_id}"}
    return json_response(200, {"image_id": image_id, "items": _hops(whose, image_id), "links": links})


def _hops(whose: str, image_id: str) -> list[Hop]:
    key = {"owner": {"S": whose}, "image_id": {"S": image_id}}
    row = dynamodb.get_item(TableName=RECOGNITIONS_TABLE, Key=key, ConsistentRead=True).get("Item")
    if not row:
        return timeline(image_id, _stored_at(whose, image_id), (), (), ())
    entry = Entry.unless_erased(row)
    if not entry:
        raise _no_such_image()
    answers = [*_earlier(entry), entry]
    return timeline(image_id, answers[0].image.received_at, answers, entry.corrections, log.of_image(whose, image_id))


def _earlier(entry: Entry) -> list[Entry]:
    """The answers before the one that stands, the oldest first."""
    items: list[Item] = []
    start: dict[str, Any] = {}
    while entry.earlier:
        answer = dynamodb.query(
            TableName=ANSWERS_TABLE,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": "/".join(entry.key)}},
            ConsistentRead=True,
            **start,
        )
        items += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    return [Entry.from_item(each) for each in items]


def _stored_at(whose: str, image_id: str) -> str:
    """When an image without an answer was stored; raises ApiError 404 where there is no object either."""
    found = s3.list_objects_v2(Bucket=IMAGES_BUCKET, Prefix=images_prefix(whose, image_id), MaxKeys=1)
    if not found["KeyCount"]:
        raise _no_such_image()
    return rfc3339(found["Contents"][0]["LastModified"])


def _no_such_image() -> ApiError:
    return ApiError(404, "no_such_image", "There is no such image; ids come from the answer to an upload.")


ROUTES = {"GET /images/{image_id}/timeline": get_timeline}
