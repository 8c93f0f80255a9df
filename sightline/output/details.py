"""One image with everything the API tells about it, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from sightline.output import tables as display

_TOLD = ("received_at", "recognized_at", "rejected_at", "reused_from", "bytes")
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
    if before := [_earlier(each) for each in image.get("earlier", ())]:
        display.table(("earlier", "detector", "model", "label", "confidence"), before)
        display.line()


def _earlier(answer: Mapping[str, Any]) -> tuple[str, ...]:
    said = answer.get("recognition", {"detector": "", "model": {"name": "", "version": ""}})
    at = answer.get("recognized_at") or answer.get("rejected_at", "")
    return (at, said["detector"], _model(said), *display.seen(answer))


def _facts(image: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "image_id", image["image_id"]
    yield "name", image["name"]
    yield "status", image["status"]
    yield from ((name, str(image[name])) for name in _TOLD if name in image)
    if "rejection" in image:
        yield "rejection", f"{image['rejection']['code']}: {image['rejection']['detail']}"
    yield from _recognition(image.get("recognition"))
    for each in image.get("corrections", ()):
        yield "correction", f"{', '.join(each['labels']) or 'nothing'}, said at {each['at']}"
    yield from image.get("links", {}).items()


def _recognition(said: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if said is None:
        return
    yield "detector", said["detector"] + (f", asked for {said['asked']}" if said["asked"] != said["detector"] else "")
    yield "model", _model(said)
    if "size" in said:
        yield "size", f"{said['size']['width']} × {said['size']['height']}"
    yield "duration", f"{said['duration_ms']} ms"


def _model(said: Mapping[str, Any]) -> str:
    return f"{said['model']['name']}@{said['model']['version']}".strip("@")


def _box(detection: Mapping[str, Any]) -> str:
    box = detection.get("box")
    return ", ".join(f"{name} {box[name]:.0%}" for name in _SHARES) if box else ""
