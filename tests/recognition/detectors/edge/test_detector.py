"""The detector `edge`: requests to the edge function, and outcomes of results, errors and failures."""

import base64

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from domain.recognition import Detection, Recognition, Rejection
from recognition.detectors.runtime.detector import DetectorError, ThrottledError
from tests.recognition.detectors.fakes import CAT, DOG, FailingLambda, Lambda, edge_detector

MODEL = {"name": "animals", "version": "1.0.0", "digest": "abc"}
RESULT = {
    "detections": [{"label": "cat", "confidence": 0.9}],
    "size": {"width": 640, "height": 480},
    "duration_ms": 5,
}


def test_the_edge_function_is_invoked_once_for_many_images() -> None:
    function = Lambda({"model": MODEL, "results": [RESULT, RESULT]})
    outcomes = edge_detector(function).detect([CAT, DOG], "animals")
    assert len(function.requests) == 1
    assert function.requests[0]["model"] == "animals"
    assert [image["key"] for image in function.requests[0]["images"]] == [CAT.key, DOG.key]
    assert set(outcomes) == {CAT, DOG}
    assert isinstance(cat := outcomes[CAT], Recognition)
    assert (cat.model.name, cat.size, cat.detections) == ("animals", (640, 480), (Detection("cat", 0.9),))


def test_a_label_of_any_length_enters_with_200_characters() -> None:
    detections = [{"label": "x" * 3000, "confidence": 0.9, "parents": ["y" * 201]}]
    detector = edge_detector(Lambda({"model": MODEL, "results": [RESULT | {"detections": detections}]}))
    recognition = detector.detect([CAT], None)[CAT]
    assert isinstance(recognition, Recognition)
    assert recognition.detections == (Detection("x" * 200, 0.9, parents=("y" * 200,)),)


def test_an_unreadable_image_is_rejected_and_a_temporary_error_is_no_outcome() -> None:
    results = [
        {"error": {"code": "not_an_image", "detail": "No.", "retryable": False}},
        {"error": {"code": "access_denied", "detail": "Not now.", "retryable": True}},
    ]
    outcomes = edge_detector(Lambda({"model": MODEL, "results": results})).detect([CAT, DOG], None)
    assert outcomes == {CAT: Rejection("not_an_image", "No.")}


def test_an_unknown_model_rejects_every_image() -> None:
    function = Lambda({"error": {"code": "unknown_model", "detail": "There is no model x."}})
    outcomes = edge_detector(function).detect([CAT, DOG], "x")
    assert outcomes == dict.fromkeys([CAT, DOG], Rejection("unknown_model", "There is no model x."))


def test_models_that_cannot_be_read_temporarily_reject_no_image() -> None:
    function = Lambda({"error": {"code": "models_unavailable", "detail": "S3 is down.", "retryable": True}})
    assert edge_detector(function).detect([CAT, DOG], "x") == {}


def test_a_crash_of_the_edge_function_is_an_error() -> None:
    function = Lambda({"errorMessage": "out of memory"}, FunctionError="Unhandled")
    with pytest.raises(DetectorError, match="out of memory"):
        edge_detector(function).detect([CAT], None)


@pytest.mark.parametrize(
    "error",
    [ConnectTimeoutError(endpoint_url=""), ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")],
)
def test_an_edge_function_that_cannot_be_invoked_is_an_error(error: Exception) -> None:
    with pytest.raises(DetectorError, match="could not be invoked"):
        edge_detector(FailingLambda(error)).detect([CAT], None)


@pytest.mark.parametrize(("code", "throttled"), [("TooManyRequestsException", True), ("ServiceException", False)])
def test_throttling_of_the_edge_function_is_an_error_of_its_own(code: str, throttled: bool) -> None:
    with pytest.raises(DetectorError) as raised:
        edge_detector(FailingLambda(code)).detect([CAT], None)
    assert isinstance(raised.value, ThrottledError) == throttled


def test_a_picture_that_is_not_stored_is_sent_along() -> None:
    function = Lambda({"model": MODEL, "results": [RESULT]})
    outcome = edge_detector(function).detect_bytes(b"\xff\xd8", "animals@1.0.0", "request-1")
    assert isinstance(outcome, Recognition)
    assert outcome.detections == (Detection("cat", 0.9),)
    sent = {"bytes": base64.b64encode(b"\xff\xd8").decode(), "correlation_id": "request-1"}
    assert function.requests == [{"images": [sent], "model": "animals@1.0.0"}]


def test_a_temporary_error_for_a_picture_that_is_not_stored_is_raised() -> None:
    temporary = {"error": {"code": "out_of_time", "detail": "Not now.", "retryable": True}}
    with pytest.raises(DetectorError):
        edge_detector(Lambda({"model": MODEL, "results": [temporary]})).detect_bytes(b"\xff\xd8", None, "request-1")
