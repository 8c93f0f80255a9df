"""The routes of the deployment in miniature that change images, or hand many of them over."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sightline.stand_in import Deployment

HELD = -1
"""So many images are in a part of an export that does not come."""


def changed(deployment: "Deployment", method: str, path: str, said: Any) -> Any:
    """The answers of the routes that change an image that is there."""
    image_id, _, part = path.removeprefix("/images/").partition("/")
    if method == "DELETE":
        del deployment.images[image_id]
        removed = {
            "objects": [{"key": "images/k", "version": "v1", "delete_marker": False}],
            "derived": ["k/thumbnail"],
            "recognition": True,
        }
        return {"image_id": image_id, "status": "erased", "erased_at": "2026-11-21T12:00:00Z", "removed": removed}
    if part == "corrections":
        return {"image_id": image_id, "labels": said["labels"], "at": "2026-11-21T12:00:00Z"}
    if part == "recognitions":
        deployment.images[image_id] |= {"wish": "rcg_1", "looks": 0}
        return {"request": "rcg_1", "image_id": image_id, "status": "queued"}
    return None


def exported(deployment: "Deployment", path: str, query: dict[str, str]) -> Any:
    """The answers of GET /images/export, `deployment.exported` images in each part, and the parts themselves."""
    if path == "/images/export":
        part = int(query.get("cursor", 0))
        more = part + 1 < len(deployment.exported)
        return {
            "format": query["format"],
            "images": deployment.exported[part],
            "url": f"{deployment.url}/parts/{part}",
            "next_cursor": str(part + 1) if more else None,
        }
    if not path.startswith("/parts/"):
        return None
    if deployment.exported[int(path[-1])] == HELD:
        deployment.held = True
        deployment.release.wait()
    return f"Part {path[-1]}: 猫"
