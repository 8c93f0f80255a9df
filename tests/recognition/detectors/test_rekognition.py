"""The detector `rekognition`: outcomes of Rekognition's results, refusals and throttling."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from domain.image import Image
from domain.recognition import Recognition, Rejection
from tests.recognition.detectors.fakes import (
    CAT,
    DERIVED,
    DOG,
    FailingLambda,
    Lambda,
    Rekognition,
    rekognition_detector,
)


@pytest.mark.parametrize("code", ["InvalidImageFormatException", "ImageTooLargeException", "InvalidParameterException"])
def test_an_image_that_rekognition_cannot_read_is_normalized_and_tried_again(code: str) -> None:
    edge = Lambda(DERIVED)
    outcomes = rekognition_detector(Rekognition(cat=code), edge).detect([CAT, DOG], None)
    (picture,) = edge.requests[0]["derive"]
    assert (picture["kind"], picture["key"], picture["into"]["bucket"]) == ("rekognition", CAT.key, "derived")
    assert isinstance(outcome := outcomes[CAT], Recognition)
    assert f"{CAT.owner}/{CAT.image_id}/{outcome.detections[0].label}.jpg" == picture["into"]["key"]
    assert len(edge.requests) == 1


def test_a_normalized_image_that_rekognition_refuses_is_rejected() -> None:
    class Refusing:
        def detect_labels(self, **arguments: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "ImageTooLargeException"}}, "DetectLabels")

    edge = Lambda(DERIVED)
    outcomes = rekognition_detector(Refusing(), edge).detect([CAT], None)
    assert isinstance(rejection := outcomes[CAT], Rejection)
    assert (rejection.code, len(edge.requests)) == ("too_large", 1)


def test_an_image_that_cannot_be_normalized_is_rejected_for_the_edge_function_s_reason() -> None:
    edge = Lambda({"results": [{"error": {"code": "damaged_image", "detail": "Cut short.", "retryable": False}}]})
    outcomes = rekognition_detector(Rekognition(cat="InvalidImageFormatException"), edge).detect([CAT, DOG], None)
    assert outcomes[CAT] == Rejection("damaged_image", "Cut short.")
    assert isinstance(outcomes[DOG], Recognition)


@pytest.mark.parametrize(
    "edge",
    [
        Lambda({"results": [{"error": {"code": "storage_error", "detail": "Not now.", "retryable": True}}]}),
        Lambda({"errorMessage": "out of memory"}, FunctionError="Unhandled"),
    ],
    ids=["temporary error", "failed"],
)
def test_an_image_that_cannot_be_normalized_temporarily_has_no_outcome(edge: Lambda) -> None:
    detector = rekognition_detector(Rekognition(cat="InvalidImageFormatException"), edge)
    assert set(detector.detect([CAT, DOG], None)) == {DOG}


class Bucket:
    """A client of S3 whose HeadObject has this status, 200 without an error; None: S3 cannot be reached."""

    def __init__(self, status: int | None) -> None:
        self.status = status
        self.asked: list[dict[str, str]] = []

    def head_object(self, **location: str) -> dict[str, str]:
        self.asked.append(location)
        if self.status is None:
            raise ReadTimeoutError(endpoint_url="https://s3")
        if self.status != 200:
            raise ClientError({"Error": {}, "ResponseMetadata": {"HTTPStatusCode": self.status}}, "HeadObject")  # type: ignore[typeddict-item]
        return {}


@pytest.mark.parametrize("status", [404, 403, 200, 503, None])
def test_an_object_that_rekognition_cannot_read_is_rejected_only_if_s3_does_not_have_it(
    status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge, bucket = Lambda({}), Bucket(status)
    monkeypatch.setattr("recognition.detectors.runtime.rekognition.lazy", lambda service: bucket)
    outcomes = rekognition_detector(Rekognition(cat="InvalidS3ObjectException"), edge).detect([CAT, DOG], None)
    assert isinstance(outcomes[DOG], Recognition)
    assert edge.requests == []
    assert bucket.asked == [CAT.location]
    rejection = Rejection("no_such_object", "The object was deleted before it could be read.")
    assert outcomes.get(CAT) == (rejection if status == 404 else None)


@pytest.mark.parametrize(
    ("error", "is_throttled"),
    [
        ("ThrottlingException", True),
        ("ProvisionedThroughputExceededException", True),
        ("AccessDeniedException", False),
        (ReadTimeoutError(endpoint_url=""), False),
    ],
)
def test_a_temporary_error_is_no_outcome_and_throttled_images_are_recorded(
    error: str | Exception, is_throttled: bool
) -> None:
    throttled: set[Image] = set()
    outcomes = rekognition_detector(Rekognition(cat=error), Lambda({}), throttled).detect([CAT, DOG], None)
    assert set(outcomes) == {DOG}
    assert throttled == ({CAT} if is_throttled else set())


@pytest.mark.parametrize(("code", "is_throttled"), [("TooManyRequestsException", True), ("ServiceException", False)])
def test_an_image_is_recorded_if_the_edge_function_is_throttled_while_it_normalizes(
    code: str, is_throttled: bool
) -> None:
    throttled: set[Image] = set()
    rekognition = Rekognition(cat="InvalidImageFormatException")
    outcomes = rekognition_detector(rekognition, FailingLambda(code), throttled).detect([CAT, DOG], None)
    assert set(outcomes) == {DOG}
    assert throttled == ({CAT} if is_throttled else set())
