"""Builders of the events and objects that tests pass to the code, in the shapes that AWS documents."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from domain.ids import digest
from domain.image import Image, image_key
from domain.recognition import Box, Detection, Model, Recognition
from tests.moto_inserts import support_inserts

IMAGE_ID = "img_0193f2a5c0ff00112233445566778899"


def s3_record(
    key: str, *, sequencer: str = "0A", version: str = "v1", etag: str = "", **changed: Any
) -> dict[str, Any]:
    """Return one entry of an S3 event's `Records`; objects have bytes of their own unless `etag` is given."""
    stored = {"key": quote_plus(key, safe="/"), "size": 1234, "versionId": version, "sequencer": sequencer}
    stored["eTag"] = etag or digest(key, version)[:32]
    return {
        "eventVersion": "2.6",
        "eventSource": "aws:s3",
        "eventTime": "2026-11-20T17:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "images"}, "object": stored},
    } | changed


def s3_event(*keys: str, **given: Any) -> str:
    """Return the body of an SQS message with the S3 events of these keys."""
    return json.dumps({"Records": [s3_record(key, **given) for key in keys]})


def sqs_event(*bodies: str, attempt: int = 1) -> Any:
    """Return the event of Lambda's event source for these message bodies, with ids `message-0`, `message-1`, …

    After the first attempt the messages are new ones that name the attempts before.
    """
    tried = {"Tried": {"stringValue": str(attempt - 1), "dataType": "Number"}}
    return {
        "Records": [
            {
                "messageId": f"message-{n}",
                "receiptHandle": f"receipt-{n}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(attempt)},
                "messageAttributes": tried if attempt > 1 else {},
                "eventSource": "aws:sqs",
            }
            for n, body in enumerate(bodies)
        ]
    }


def http_request(
    route: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: str | None = None,
    owner: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Return an API Gateway v2 request, payload format 2.0, as the function behind `route` receives it."""
    context: dict[str, Any] = {"requestId": "request-1", "routeKey": route}
    if owner:
        context["authorizer"] = {"lambda": {"sub": owner}}
    request: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "headers": dict(headers or {}),
        "requestContext": context,
        "isBase64Encoded": False,
    }
    raw_query = urlencode(query, quote_via=quote) if query else None
    optional = {"pathParameters": path, "queryStringParameters": query, "rawQueryString": raw_query, "body": body}
    return request | {name: value for name, value in optional.items() if value is not None}


def image(name: str = "cat.jpg", *, image_id: str = IMAGE_ID, owner: str = "public", sequencer: str = "0A") -> Image:
    """Return an uploaded Image without options."""
    return Image.from_s3_record(s3_record(image_key(owner, image_id, name), sequencer=sequencer))


def recognition(label: str = "cat", confidence: float = 0.97) -> Recognition:
    """Return an edge Recognition of one boxed and one doubtful detection."""
    detections = (Detection(label, confidence, Box(0.1, 0.2, 0.3, 0.4)), Detection("dog", 0.02))
    return Recognition("edge", Model("animals", "1.0.0", "abc"), detections, duration_ms=7, size=(640, 480))


def create_table(dynamodb: Any, table: str, partition_key: str, sort_key: str) -> None:
    """Create a table with two string keys; moto's tables take INSERTs of PartiQL."""
    support_inserts()
    dynamodb.create_table(
        TableName=table,
        KeySchema=[
            {"AttributeName": partition_key, "KeyType": "HASH"},
            {"AttributeName": sort_key, "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (partition_key, sort_key)],
        BillingMode="PAY_PER_REQUEST",
    )


class Context:
    """A Lambda context with enough time left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return two minutes."""
        return 120_000
