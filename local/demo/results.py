"""The results of the photographs: their recognitions, their webhooks, the table that shows both."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.demo.api import Detection, Recognition


@dataclass(slots=True)
class Photo:
    """One photograph that was sent. Times are in seconds since 1970; `problem` is empty unless it was rejected."""

    name: str
    image_id: str
    sent_at: float
    recognition: Recognition | None = None
    received_at: float = 0.0
    problem: str = ""

    @property
    def done(self) -> bool:
        """True if the photograph was recognized and its webhook received, or if it was rejected."""
        return bool(self.problem or (self.recognition and self.received_at))


def progress(photos: Sequence[Photo]) -> str:
    """Return how many photographs are recognized and how many webhooks are verified."""
    recognized = sum(bool(photo.recognition) for photo in photos)
    verified = sum(bool(photo.received_at) for photo in photos)
    return f"{recognized} of {len(photos)} recognized, {verified} of {len(photos)} webhooks verified"


def table(photos: Sequence[Photo]) -> str:
    """Return a table of the photographs: the top labels, the webhook, the milliseconds from upload to webhook."""
    rows = [("photo", "recognized as", "webhook", "ms"), *(_row(photo) for photo in photos)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def _row(photo: Photo) -> tuple[str, str, str, str]:
    if photo.problem or not photo.recognition:
        return photo.name, photo.problem, "—", "—"
    return photo.name, _labels(photo.recognition), "verified", f"{(photo.received_at - photo.sent_at) * 1000:.0f}"


def _labels(recognition: Recognition) -> str:
    """Return the labels, best first, without those that are parents of another one; its parents follow it."""
    broader = {parent for detection in recognition["detections"] for parent in detection.get("parents", ())}
    exact = [detection for detection in recognition["detections"] if detection["label"] not in broader]
    return ", ".join(map(_label, exact)) or "nothing"


def _label(detection: Detection) -> str:
    parents = f" ({', '.join(detection['parents'])})" if detection.get("parents") else ""
    return f"{detection['label']}{parents} {detection['confidence']:.0%}"
