"""One image with everything that the API returns about it, for people."""

from collections.abc import Iterator

from sightline.client.schemas.image import Detection, Image, Outcome, Recognition
from sightline.output.summary import percent, summarize
from sightline.output.tables import print_table
from sightline.output.text import print_line

_OPTIONAL = ("received_at", "recognized_at", "rejected_at", "reused_from", "bytes")


def print_details(image: Image) -> None:
    """Print the fields of an image, its detections and its earlier outcomes."""
    for name, value in _fields(image):
        print_line(f"{name:13} {value}")
    print_line()
    detections = image["recognition"]["detections"] if "recognition" in image else ()
    if rows := [(detection["label"], percent(detection), _box(detection)) for detection in detections]:
        print_table(("label", "confidence", "box"), rows)
        print_line()
    if earlier := [_earlier_row(outcome) for outcome in image.get("earlier", ())]:
        print_table(("earlier", "detector", "model", "label", "confidence"), earlier)
        print_line()


def _earlier_row(outcome: Outcome) -> tuple[str, ...]:
    at = outcome.get("recognized_at") or outcome.get("rejected_at", "")
    recognition = outcome.get("recognition")
    detector, model = (recognition["detector"], _model(recognition)) if recognition else ("", "")
    return (at, detector, model, *summarize(outcome))


def _fields(image: Image) -> Iterator[tuple[str, str]]:
    yield "image_id", image["image_id"]
    yield "name", image["name"]
    yield "status", image["status"]
    yield from ((name, str(image[name])) for name in _OPTIONAL if name in image)  # type: ignore[literal-required]
    if "rejection" in image:
        yield "rejection", f"{image['rejection']['code']}: {image['rejection']['detail']}"
    if "recognition" in image:
        yield from _recognition_fields(image["recognition"])
    for correction in image.get("corrections", ()):
        yield "correction", f"{', '.join(correction['labels']) or 'nothing'}, given at {correction['at']}"
    yield from image.get("links", {}).items()


def _recognition_fields(recognition: Recognition) -> Iterator[tuple[str, str]]:
    detector, asked = recognition["detector"], recognition["asked"]
    yield "detector", detector + (f", requested: {asked}" if asked != detector else "")
    yield "model", _model(recognition)
    if size := recognition.get("size"):
        yield "size", f"{size['width']} × {size['height']}"
    yield "duration", f"{recognition['duration_ms']} ms"


def _model(recognition: Recognition) -> str:
    return f"{recognition['model']['name']}@{recognition['model']['version']}".strip("@")


def _box(detection: Detection) -> str:
    box = detection.get("box")
    if not box:
        return ""
    return f"left {box['left']:.0%}, top {box['top']:.0%}, width {box['width']:.0%}, height {box['height']:.0%}"
