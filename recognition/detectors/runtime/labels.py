"""Amazon Rekognition's DetectLabels: labels with their parents, some of them with boxes."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from domain.recognition import Box, Detection
from recognition.detectors.runtime.rekognition import Operation, OperationResult

if TYPE_CHECKING:
    from types_boto3_rekognition.client import RekognitionClient
    from types_boto3_rekognition.type_defs import DetectLabelsResponseTypeDef, LabelTypeDef, S3ObjectTypeDef

MOST_LABELS = 100
MIN_CONFIDENCE_PERCENT = 10


def detect_labels(rekognition: "RekognitionClient", picture: "S3ObjectTypeDef") -> OperationResult:
    """Call DetectLabels for a picture in S3."""
    response = rekognition.detect_labels(
        Image={"S3Object": picture}, MaxLabels=MOST_LABELS, MinConfidence=MIN_CONFIDENCE_PERCENT
    )
    return OperationResult(response["LabelModelVersion"], detections(response))


def detections(response: "DetectLabelsResponseTypeDef") -> tuple[Detection, ...]:
    """Return the labels as detections: percents become fractions, each instance a detection with its box.

    A label has its parents, the broadest last. DetectLabels lists all of them in no such order, but each of them is a
    label of the response too, and the broader a label is, the fewer parents it has.
    """
    counts = {label["Name"]: len(label.get("Parents", ())) for label in response["Labels"]}
    return tuple(detection for label in response["Labels"] for detection in _detections(label, counts))


def _detections(label: "LabelTypeDef", counts: Mapping[str, int]) -> Iterator[Detection]:
    names = (parent["Name"] for parent in label.get("Parents", ()))
    parents = tuple(sorted(names, key=lambda name: -counts.get(name, 0)))
    for instance in label.get("Instances", ()):
        bounds = instance["BoundingBox"]
        box = Box(bounds["Left"], bounds["Top"], bounds["Width"], bounds["Height"])
        yield Detection(label["Name"], instance["Confidence"] / 100, box, parents=parents)
    if not label.get("Instances"):
        yield Detection(label["Name"], label["Confidence"] / 100, parents=parents)


LABELS = Operation("rekognition", detect_labels)
