"""The routes of a fake deployment that change an image, and those of an export."""

from typing import Any

from tests.sightline.fake_deployment import Deployment

HELD = -1
"""The number of images in a part of an export that is never sent."""

ERASED = {
    "status": "erased",
    "erased_at": "2026-11-21T12:00:00Z",
    "removed": {
        "objects": [{"key": "images/k", "version": "v1", "delete_marker": False}],
        "derived": ["k/thumbnail"],
        "recognition": True,
    },
}


def change(deployment: Deployment, method: str, path: str, body: Any) -> Any:
    """Carry out a request that changes an image; returns the body of the response, or None for other requests."""
    image_id, _, part = path.removeprefix("/images/").partition("/")
    if method == "DELETE":
        del deployment.images[image_id]
        return {"image_id": image_id} | ERASED
    if part == "corrections":
        return {"image_id": image_id, "labels": body["labels"], "at": "2026-11-21T12:00:00Z"}
    if part == "recognitions":
        deployment.images[image_id] |= {"request": "rcg_1", "polls": 0}
        return {"request": "rcg_1", "image_id": image_id, "status": "queued"}
    return None


def export(deployment: Deployment, path: str, query: dict[str, str]) -> Any:
    """Return the response to GET /images/export, or the content of a part; None for other requests."""
    if path == "/images/export":
        part = int(query.get("cursor", 0))
        more = part + 1 < len(deployment.export_parts)
        return {
            "format": query["format"],
            "images": deployment.export_parts[part],
            "url": f"{deployment.url}/parts/{part}",
            "next_cursor": str(part + 1) if more else None,
        }
    if not path.startswith("/parts/"):
        return None
    if deployment.export_parts[int(path[-1])] == HELD:
        deployment.hold()
    return f"Part {path[-1]}: 猫"
