"""The detector `edge`: the user's own model, one invocation of its function for many images."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger

from domain.image import Image
from domain.recognition import Detection, Model, Recognition, Rejection
from recognition.runtime.entry import Outcome

logger = Logger(child=True)


class EdgeError(Exception):
    """The edge function itself failed; its own log says why."""


class EdgeDetector:
    """Asks the edge_ml function; the images travel by reference."""

    def __init__(self, lambda_: Any, function: str) -> None:
        self._lambda, self._function = lambda_, function

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`; raises EdgeError."""
        asked = [{"bucket": each.bucket, "key": each.key, "version": each.version} for each in images]
        answer = self._invoke({"images": asked, "model": model})
        if "error" in answer:
            refusal = Rejection.from_dict(answer["error"])
            return dict.fromkeys(images, refusal)
        said = Model.from_dict(answer["model"])
        outcomes = zip(images, (_outcome(said, each) for each in answer["results"]), strict=True)
        return {image: outcome for image, outcome in outcomes if outcome}

    def models(self) -> list[dict[str, Any]]:
        """The model bundles the function serves; raises EdgeError."""
        listed: list[dict[str, Any]] = self._invoke({"describe": True})["models"]
        return listed

    def _invoke(self, payload: object) -> dict[str, Any]:
        answer = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps(payload))
        said = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise EdgeError(str(said.get("errorMessage", said)))
        return dict(said)


def _outcome(model: Model, result: Mapping[str, Any]) -> Outcome | None:
    error = result.get("error")
    if error:
        logger.warning("edge could not answer", extra={"code": error["code"], "retryable": error["retryable"]})
        return None if error["retryable"] else Rejection.from_dict(error)
    return Recognition(
        detector="edge",
        model=model,
        detections=tuple(Detection.from_dict(each) for each in result["detections"]),
        duration_ms=result["duration_ms"],
        size=(result["size"]["width"], result["size"]["height"]),
    )
