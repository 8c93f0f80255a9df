"""The detector `edge`: the user's own model, one invocation of its function for many images."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from domain.image import Image
from domain.recognition import Detection, Model, Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import DetectorError, ThrottledError
from recognition.detectors.runtime.edge.protocol import (
    EdgeError,
    EdgeModel,
    EdgeResponse,
    EdgeResult,
    ImageReference,
    PictureRequest,
    PictureResult,
    SentImage,
    reference,
)
from wire.aws.client import client

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient

_TOO_SLOW = "too_slow"
"""The code of an image that took longer than the function waits for one."""

_NOT_INVOKED = "The edge function could not be invoked: {}"

logger = Logger(child=True)


class EndedError(DetectorError):
    """The edge function ended before it responded: one of the images may have ended it."""


class EdgeDetector:
    """Invokes the edge function, whose own timeout is `max_seconds`."""

    max_seconds = 60.0

    def __init__(self, lambda_: "LambdaClient", function: str) -> None:
        self._lambda, self._function = lambda_, function
        self._slow: set[str] = set()

    @classmethod
    def within(cls, seconds: float, function: str) -> Self:
        """Return a detector that waits this long and does not retry, because the queue or the caller retries."""
        lambda_ = client("lambda", connect_timeout=2, read_timeout=seconds, retries={"total_max_attempts": 1})
        return cls(lambda_, function)

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`; sends references to the images, not their bytes."""
        outcomes = zip(images, self._outcomes([reference(image) for image in images], model), strict=True)
        return {image: outcome for image, outcome in outcomes if outcome}

    def take_slow(self) -> set[str]:
        """Return the ids of the images that took too long since the last call."""
        slow, self._slow = self._slow, set()
        return slow

    def detect_bytes(self, picture: bytes, model: str | None, correlation_id: str) -> Outcome:
        """Return the outcome for a picture that is not stored; raises DetectorError."""
        sent: SentImage = {"bytes": base64.b64encode(picture).decode(), "correlation_id": correlation_id}
        (outcome,) = self._outcomes([sent], model)
        if outcome is None:
            raise DetectorError("The edge function has no result at the moment.")
        return outcome

    def models(self) -> list[dict[str, Any]]:
        """Return the descriptions of the model bundles that the function serves; raises DetectorError."""
        models: list[dict[str, Any]] = self._invoke({"describe": True})["models"]
        return models

    def derive(self, *requests: PictureRequest) -> list[PictureResult]:
        """Have pictures derived from images, each with a result or an error; raises DetectorError."""
        results: list[PictureResult] = self._invoke({"derive": requests})["results"]
        return results

    def _outcomes(self, images: Sequence[ImageReference | SentImage], model: str | None) -> list[Outcome | None]:
        response: EdgeResponse = self._invoke({"images": images, "model": model})
        if "error" in response:
            return [_rejection(response["error"], image["correlation_id"]) for image in images]
        used = _model(response["model"])
        pairs = list(zip(images, response["results"], strict=True))
        self._slow.update(image["correlation_id"] for image, result in pairs if _is_slow(result))
        return [_outcome(used, image["correlation_id"], result) for image, result in pairs]

    def _invoke(self, payload: Mapping[str, object]) -> Any:
        try:
            response = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps(payload))
        except ClientError as error:
            throttled = error.response["Error"]["Code"] == "TooManyRequestsException"
            raise (ThrottledError if throttled else DetectorError)(_NOT_INVOKED.format(error)) from error
        except ReadTimeoutError as error:
            raise EndedError(_NOT_INVOKED.format(error)) from error
        except BotoCoreError as error:
            raise DetectorError(_NOT_INVOKED.format(error)) from error
        body = json.load(response["Payload"])
        if "FunctionError" in response:
            raise EndedError(f"The edge function failed: {body.get('errorMessage', body)}")
        return body


def _model(model: EdgeModel) -> Model:
    return Model(model["name"], model["version"], model["digest"])


def _rejection(error: EdgeError, correlation_id: str) -> Rejection | None:
    """Return the rejection of an image, None if the error is temporary."""
    retryable = error.get("retryable", False)
    extra = {"code": error["code"], "retryable": retryable, "correlation_id": correlation_id}
    logger.warning("edge function returned an error", extra=extra)
    return None if retryable else Rejection(error["code"], error["detail"])


def _is_slow(result: EdgeResult) -> bool:
    return "error" in result and result["error"]["code"] == _TOO_SLOW


def _outcome(model: Model, correlation_id: str, result: EdgeResult) -> Outcome | None:
    if "error" in result:
        return _rejection(result["error"], correlation_id)
    return Recognition(
        detector="edge",
        model=model,
        detections=tuple(Detection.from_dict(detection).bounded() for detection in result["detections"]),
        duration_ms=result["duration_ms"],
        size=(result["size"]["width"], result["size"]["height"]),
    )
