"""The stand-in: the operations of Rekognition that the app calls, answered by the bundled models.

Every response names it as the version of the model, so that nobody mistakes a result for Amazon's.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from edge_ml.image_error import ImageError
from local.rekognition import picture
from local.rekognition.call_limit import CallLimit
from local.rekognition.parameters import selection
from local.rekognition.protocol import RekognitionError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

    from local.rekognition.labels import Labeler

MODEL_VERSION = "sightline-stand-in"


class StandIn:
    """Responds to DetectLabels and DetectModerationLabels as far as `limit` admits calls; reads objects from `s3`."""

    def __init__(self, s3: "S3Client", limit: CallLimit) -> None:
        self.limit, self._s3 = limit, s3
        self._operations = {
            "DetectLabels": self._detect_labels,
            "DetectModerationLabels": self._detect_moderation_labels,
        }

    def respond(self, operation: str, request: dict[str, Any]) -> dict[str, object]:
        """See `protocol.Service`."""
        if operation not in self._operations:
            known = " and ".join(self._operations)
            raise RekognitionError("UnknownOperationException", f"This stand-in knows {known}, not {operation}.")
        self.limit.admit()
        return self._operations[operation](request)

    def _detect_labels(self, request: dict[str, Any]) -> dict[str, object]:
        min_confidence, max_labels = selection(request)
        data = picture.read(request.get("Image"), self._s3)
        try:
            labels = _labeler().labels(data)
        except ImageError as error:
            raise picture.image_error(error) from error
        found = [label for label in labels if label["Confidence"] >= min_confidence]
        return {"Labels": found[:max_labels], "LabelModelVersion": MODEL_VERSION}

    def _detect_moderation_labels(self, request: dict[str, Any]) -> dict[str, object]:
        """Find no unwanted content on any picture, because no bundled model looks for it."""
        selection(request)
        picture.read(request.get("Image"), self._s3)
        return {"ModerationLabels": [], "ModerationModelVersion": MODEL_VERSION, "ContentTypes": []}


@cache
def _labeler() -> "Labeler":
    # Imported at the first picture: ONNX Runtime takes longer to load than all else here.
    from local.rekognition.labels import Labeler

    return Labeler()
