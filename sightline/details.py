"""One image with everything the API tells about it, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from sightline import display

_SHARES = ("left", "top", "width", "height")


def details(image: Mapping[str, Any]) -> None:
    """Print what is known of an image, and each detection."""
    for name, value in _facts(image):
        display.line(f"{name:13} {value}")
    display.line()
    detections = image.get("recognition", {}).get("detections", ())
    if rows := [(each["label"], display.percent(each), _box(each)) for each in detections]:
        display.table(("label", "confidence", "box"), rows)
        display.line()


def _facts(image: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "image_id", image["image_id"]
    yield "name", image["name"]
    yield "status", image["status"]
    for name in ("received_at", "recognized_at", "rejected_at", "bytes"):
        if name in image:
            yield name, str(image[name])
    if "rejection" in image:
        yield "rejection", f"{image['rejection']['code']}: {image['rejection']['detail']}"
    yield from _recognition(image.get("recognition"))
    for name, link in image.get("links", {}).items():
        yield name, link


def _recognition(said: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if said is None:
        return
    yield "detector", said["detector"] + (f", asked for {said['asked']}" if said["asked"] != said["detector"] else "")
    yield "model", f"{said['model']['name']}@{said['model']['version']}"
    if "size" in said:
        yield "size", f"{said['size']['width']} × {said['size']['height']}"
    yield "duration", f"{said['duration_ms']} ms"


def _box(detection: Mapping[str, Any]) -> str:
    box = detection.get("box")
    return ", ".join(f"{name} {box[name]:.0%}" for name in _SHARES) if box else ""
