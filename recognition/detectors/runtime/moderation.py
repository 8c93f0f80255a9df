"""Amazon Rekognition's DetectModerationLabels: labels of unwanted content, each with its parents."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from domain.recognition import Detection
from recognition.detectors.runtime.rekognition import Operation, OperationResult

if TYPE_CHECKING:
    from types_boto3_rekognition.client import RekognitionClient
    from types_boto3_rekognition.type_defs import DetectModerationLabelsResponseTypeDef, S3ObjectTypeDef

MIN_CONFIDENCE_PERCENT = 10


def detect_moderation_labels(rekognition: "RekognitionClient", picture: "S3ObjectTypeDef") -> OperationResult:
    """Call DetectModerationLabels for a picture in S3."""
    response = rekognition.detect_moderation_labels(Image={"S3Object": picture}, MinConfidence=MIN_CONFIDENCE_PERCENT)
    return OperationResult(response["ModerationModelVersion"], detections(response))


def detections(response: "DetectModerationLabelsResponseTypeDef") -> tuple[Detection, ...]:
    """Return the labels as detections: percents become fractions, and a label has its parents, the broadest last.

    Every parent of a label is a label of the response too. A picture without unwanted content has no detections.
    """
    labels = response["ModerationLabels"]
    parents = {label["Name"]: label.get("ParentName", "") for label in labels}
    return tuple(
        Detection(label["Name"], label["Confidence"] / 100, parents=tuple(_ancestors(label["Name"], parents)))
        for label in labels
    )


def _ancestors(name: str, parents: Mapping[str, str]) -> Iterator[str]:
    while name := parents.get(name, ""):
        yield name


MODERATION = Operation("moderation", detect_moderation_labels)
