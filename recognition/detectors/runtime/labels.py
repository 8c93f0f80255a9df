"""Amazon Rekognition's DetectLabels: labels, some of them with boxes."""

from collections.abc import Iterator
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
    """Return the labels as detections: percents become fractions, each instance a detection with its box."""
    return tuple(detection for label in response["Labels"] for detection in _detections(label))


def _detections(label: "LabelTypeDef") -> Iterator[Detection]:
    for instance in label.get("Instances", ()):
        bounds = instance["BoundingBox"]
        box = Box(bounds["Left"], bounds["Top"], bounds["Width"], bounds["Height"])
        yield Detection(label["Name"], instance["Confidence"] / 100, box)
    if not label.get("Instances"):
        yield Detection(label["Name"], label["Confidence"] / 100)


LABELS = Operation("rekognition", detect_labels)
