"""The detector `edge`: the user's own model, one invocation of its function for many images."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.image import Image
from domain.recognition import Detection, Model, Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import DetectorError, ThrottledError
from wire.aws.client import client

_UNASKED = "The edge function could not be asked: {}"

logger = Logger(child=True)


class EdgeDetector:
    """Asks the edge_ml function; it answers or is cut off after `slowest` seconds, its own timeout."""

    slowest = 60.0

    def __init__(self, lambda_: Any, function: str) -> None:
        self._lambda, self._function = lambda_, function

    @classmethod
    def within(cls, seconds: float, function: str) -> Self:
        """One that is asked once and waited for so long; to ask again is for the queue, or for the caller."""
        lambda_ = client("lambda", connect_timeout=2, read_timeout=seconds, retries={"total_max_attempts": 1})
        return cls(lambda_, function)

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`; the images travel by reference."""
        asked = [reference(each) for each in images]
        outcomes = zip(images, self._outcomes(asked, model), strict=True)
        return {image: outcome for image, outcome in outcomes if outcome}

    def look(self, picture: bytes, model: str | None, correlation_id: str) -> Outcome:
        """What is seen on a picture that lies nowhere, or why it can never be read; raises DetectorError."""
        asked = {"bytes": base64.b64encode(picture).decode(), "correlation_id": correlation_id}
        (outcome,) = self._outcomes([asked], model)
        if outcome is None:
            raise DetectorError("The edge function could not answer just now.")
        return outcome

    def models(self) -> list[dict[str, Any]]:
        """The model bundles the function serves; raises DetectorError."""
        listed: list[dict[str, Any]] = self._invoke({"describe": True})["models"]
        return listed

    def resolve(self, *asked: str | None) -> list[Model | None]:
        """The models it would answer with, None where one cannot be had; raises DetectorError."""
        meant = self._invoke({"resolve": asked})["models"]
        return [None if "error" in each else Model.from_dict(each) for each in meant]

    def derive(self, *asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Have pictures made of images, each with a result or an error; raises DetectorError."""
        results: list[dict[str, Any]] = self._invoke({"derive": asked})["results"]
        return results

    def _outcomes(self, images: Sequence[Mapping[str, str]], model: str | None) -> list[Outcome | None]:
        answer = self._invoke({"images": images, "model": model})
        results = [answer] * len(images) if "error" in answer else answer["results"]
        said = Model.from_dict(answer["model"]) if "model" in answer else None
        return [_outcome(said, *each) for each in zip(images, results, strict=True)]

    def _invoke(self, payload: object) -> dict[str, Any]:
        try:
            answer = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps(payload))
        except ClientError as error:
            throttled = error.response["Error"]["Code"] == "TooManyRequestsException"
            raise (ThrottledError if throttled else DetectorError)(_UNASKED.format(error)) from error
        except BotoCoreError as error:
            raise DetectorError(_UNASKED.format(error)) from error
        said = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise DetectorError(f"The edge function failed: {said.get('errorMessage', said)}")
        return dict(said)


def reference(image: Image) -> dict[str, str]:
    """How an image is told to the edge function: where its bytes lie, and the id by which all logs know it."""
    return {
        "bucket": image.bucket,
        "key": image.key,
        "version": image.version,
        "correlation_id": image.image_id,
    }


def _refusal(error: Mapping[str, Any], correlation_id: str) -> Rejection | None:
    retryable = error.get("retryable", False)
    told = {"code": error["code"], "retryable": retryable, "correlation_id": correlation_id}
    logger.warning("edge could not answer", extra=told)
    return None if retryable else Rejection.from_dict(error)


def _outcome(model: Model | None, image: Mapping[str, str], result: Mapping[str, Any]) -> Outcome | None:
    if model is None or "error" in result:
        return _refusal(result["error"], image["correlation_id"])
    return Recognition(
        detector="edge",
        model=model,
        detections=tuple(Detection.from_dict(each) for each in result["detections"]),
        duration_ms=result["duration_ms"],
        size=(result["size"]["width"], result["size"]["height"]),
    )
