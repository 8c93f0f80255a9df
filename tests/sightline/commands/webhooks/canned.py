"""A webhook, one of its deliveries, and the responses that contain them."""

import json
from typing import Any

from tests.sightline.fake_deployment import Deployment, Response

WEBHOOK = {
    "webhook_id": "sub_1",
    "url": "https://example.com/hook",
    "events": ["image.recognized"],
    "labels": ["cat"],
    "min_confidence": 0.0,
    "description": "the till",
    "rate_limit": None,
    "created_at": "2026-11-21T12:00:00.000Z",
    "enabled": True,
    "disabled": None,
    "failing_since": None,
    "resting_until": None,
    "links": {"self": "…"},
}
ATTEMPT = {"attempt": 8, "at": "2026-11-21T12:00:01.000Z", "ms": 15001, "status": None, "error": "timeout"}
DELIVERY = {
    "delivery_id": "dlv_1",
    "webhook_id": "sub_1",
    "image_id": "img_1",
    "type": "image.recognized",
    "timestamp": "2026-11-21T12:00:00.000Z",
    "status": "dead",
    "reason": None,
    "tries": 8,
    "last_attempt": ATTEMPT,
    "next_attempt_at": None,
}


def prepare(deployment: Deployment, path: str, *bodies: Any) -> None:
    """Prepare the next responses at this path."""
    deployment.responses[path] = [Response(200, json.dumps(body)) for body in bodies]


def page(*items: Any, cursor: str | None = None) -> dict[str, Any]:
    """Return the body of one page of a list."""
    return {"items": items, "next_cursor": cursor}
