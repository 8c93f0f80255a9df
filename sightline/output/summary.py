"""An outcome in two cells of a table."""

from typing import NamedTuple

from sightline.client.schemas.image import Detection, Outcome, Recognition


class Summary(NamedTuple):
    """The best label with its confidence, or the reason why there is none."""

    label: str
    confidence: str


def summarize(outcome: Outcome) -> Summary:
    """Return the summary of an outcome."""
    if "rejection" in outcome:
        return Summary(f"rejected: {outcome['rejection']['code']}", "")
    if "recognition" not in outcome:
        return Summary(outcome["status"], "")
    detections = outcome["recognition"]["detections"]
    return Summary(best_label(outcome["recognition"]), percent(detections[0]) if detections else "")


def best_label(recognition: Recognition) -> str:
    """Return the best label of a recognition, or `nothing`."""
    return recognition["detections"][0]["label"] if recognition["detections"] else "nothing"


def percent(detection: Detection) -> str:
    """Return the confidence of a detection in percent."""
    return f"{detection['confidence']:.0%}"
