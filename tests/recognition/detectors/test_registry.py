"""The two detectors: what they make of answers, refusals and failures."""

import base64
import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from domain.image import Image
from domain.recognition import Box, Detection, Recognition, Rejection
from recognition.detectors.runtime.detector import DetectorError, ThrottledError
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.normalized import Normalised
from recognition.detectors.runtime.rate_limiter import RateLimiter
from recognition.detectors.runtime.rekognition import RekognitionDetector, recognition_from
from tests.builders import image

CAT, DOG = image(), image("dog.jpg", image_id="img_0193f2a5c0ff99999999999999999999")
MODEL = {"name": "animals", "version": "1.0.0", "digest": "abc"}
ANSWER = {
    "detections": [{"label": "cat", "confidence": 0.9}],
    "size": {"width": 640, "height": 480},
    "duration_ms": 5,
}


class Lambda:
    """A Lambda client that answers what it is told to."""

    def __init__(self, payload: object, **more: object) -> None:
        self.answer = {"Payload": io.BytesIO(json.dumps(payload).encode())} | more
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(json.loads(asked["Payload"]))
        return self.answer


class Refusing:
    """A Lambda client that refuses with this error code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def invoke(self, **asked: Any) -> None:
        raise ClientError({"Error": {"Code": self.code}}, "Invoke")


class Rekognition:
    """A Rekognition client that answers, or refuses with an error (its code will do), by the object's name."""

    def __init__(self, **refusals: str | Exception) -> None:
        self.refusals = refusals

    def detect_labels(self, **asked: Any) -> dict[str, Any]:
        name = asked["Image"]["S3Object"]["Name"].rsplit("/", 1)[-1].removesuffix(".jpg")
        if name in self.refusals:
            refusal = self.refusals[name]
            raise ClientError({"Error": {"Code": refusal}}, "DetectLabels") if isinstance(refusal, str) else refusal
        return {"LabelModelVersion": "3.0", "Labels": [{"Name": name, "Confidence": 91.5, "Instances": []}]}


def test_the_edge_function_is_asked_once_for_many_images() -> None:
    function = Lambda({"model": MODEL, "results": [ANSWER, ANSWER]})
    outcomes = EdgeDetector(function, "edge").detect([CAT, DOG], "animals")
    assert len(function.asked) == 1
    assert function.asked[0]["model"] == "animals"
    assert [each["key"] for each in function.asked[0]["images"]] == [CAT.key, DOG.key]
    assert set(outcomes) == {CAT, DOG}
    assert isinstance(seen := outcomes[CAT], Recognition)
    assert (seen.model.name, seen.size, seen.detections) == ("animals", (640, 480), (Detection("cat", 0.9),))


def test_an_image_the_edge_model_cannot_read_is_rejected_and_one_it_could_not_reach_comes_again() -> None:
    results = [
        {"error": {"code": "not_an_image", "detail": "No.", "retryable": False}},
        {"error": {"code": "access_denied", "detail": "Not now.", "retryable": True}},
    ]
    outcomes = EdgeDetector(Lambda({"model": MODEL, "results": results}), "edge").detect([CAT, DOG], None)
    assert outcomes == {CAT: Rejection("not_an_image", "No.")}


def test_a_model_nobody_has_is_a_rejection_of_every_image() -> None:
    function = Lambda({"error": {"code": "unknown_model", "detail": "There is no model x."}})
    outcomes = EdgeDetector(function, "edge").detect([CAT, DOG], "x")
    assert outcomes == dict.fromkeys([CAT, DOG], Rejection("unknown_model", "There is no model x."))


def test_models_that_cannot_be_read_just_now_are_no_rejection() -> None:
    function = Lambda({"error": {"code": "models_unavailable", "detail": "S3 is down.", "retryable": True}})
    assert EdgeDetector(function, "edge").detect([CAT, DOG], "x") == {}


def test_an_edge_function_that_crashed_is_an_error() -> None:
    function = Lambda({"errorMessage": "out of memory"}, FunctionError="Unhandled")
    with pytest.raises(DetectorError, match="out of memory"):
        EdgeDetector(function, "edge").detect([CAT], None)


@pytest.mark.parametrize(
    "error",
    [ConnectTimeoutError(endpoint_url=""), ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")],
)
def test_an_edge_function_that_cannot_be_asked_is_an_error(error: Exception) -> None:
    class Down:
        def invoke(self, **asked: Any) -> None:
            raise error

    with pytest.raises(DetectorError, match="could not be asked"):
        EdgeDetector(Down(), "edge").detect([CAT], None)


@pytest.mark.parametrize(("code", "busy"), [("TooManyRequestsException", True), ("ServiceException", False)])
def test_an_edge_function_that_has_too_much_to_do_is_an_error_of_its_own(code: str, busy: bool) -> None:
    with pytest.raises(DetectorError) as raised:
        EdgeDetector(Refusing(code), "edge").detect([CAT], None)
    assert isinstance(raised.value, ThrottledError) == busy


def test_a_picture_that_lies_nowhere_is_sent_along() -> None:
    function = Lambda({"model": MODEL, "results": [ANSWER]})
    seen = EdgeDetector(function, "edge").look(b"\xff\xd8", "animals@1.0.0", "request-1")
    assert isinstance(seen, Recognition)
    assert seen.detections == (Detection("cat", 0.9),)
    sent = {"bytes": base64.b64encode(b"\xff\xd8").decode(), "correlation_id": "request-1"}
    assert function.asked == [{"images": [sent], "model": "animals@1.0.0"}]


def test_a_picture_that_lies_nowhere_and_cannot_be_answered_just_now_is_an_error() -> None:
    later = {"error": {"code": "out_of_time", "detail": "Not now.", "retryable": True}}
    with pytest.raises(DetectorError):
        EdgeDetector(Lambda({"model": MODEL, "results": [later]}), "edge").look(b"\xff\xd8", None, "request-1")


def rekognition(edge: Lambda | Refusing, **refusals: str | Exception) -> RekognitionDetector:
    """The detector, its Rekognition and its edge function faked."""
    return detector(Rekognition(**refusals), edge, set())


def detector(rekognition: Any, edge: Lambda | Refusing, throttled: set[Image]) -> RekognitionDetector:
    """The same, of these parts."""
    return RekognitionDetector(
        rekognition, Normalised(EdgeDetector(edge, "edge"), "derived"), throttled, RateLimiter(0)
    )


@pytest.mark.parametrize(
    "refusal", ["InvalidImageFormatException", "ImageTooLargeException", "InvalidParameterException"]
)
def test_what_rekognition_cannot_read_is_made_readable_and_asked_about_again(refusal: str) -> None:
    edge = Lambda({"results": [{"size": {"width": 80, "height": 80}, "bytes": 900}]})
    outcomes = rekognition(edge, cat=refusal).detect([CAT, DOG], None)
    (asked,) = edge.asked[0]["derive"]
    assert (asked["kind"], asked["key"], asked["into"]["bucket"]) == ("rekognition", CAT.key, "derived")
    assert isinstance(seen := outcomes[CAT], Recognition)
    assert f"{CAT.owner}/{CAT.image_id}/{seen.detections[0].label}.jpg" == asked["into"]["key"]
    assert len(edge.asked) == 1


def test_what_rekognition_refuses_even_so_is_rejected() -> None:
    class Strict:
        def detect_labels(self, **asked: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "ImageTooLargeException"}}, "DetectLabels")

    edge = Lambda({"results": [{"size": {"width": 80, "height": 80}, "bytes": 900}]})
    outcomes = detector(Strict(), edge, set()).detect([CAT], None)
    assert isinstance(rejection := outcomes[CAT], Rejection)
    assert (rejection.code, len(edge.asked)) == ("too_large", 1)


def test_what_cannot_be_made_readable_is_rejected_for_the_edge_function_s_reason() -> None:
    edge = Lambda({"results": [{"error": {"code": "damaged_image", "detail": "Cut short.", "retryable": False}}]})
    outcomes = rekognition(edge, cat="InvalidImageFormatException").detect([CAT, DOG], None)
    assert outcomes[CAT] == Rejection("damaged_image", "Cut short.")
    assert isinstance(outcomes[DOG], Recognition)


@pytest.mark.parametrize(
    "edge",
    [
        Lambda({"results": [{"error": {"code": "storage_error", "detail": "Not now.", "retryable": True}}]}),
        Lambda({"errorMessage": "out of memory"}, FunctionError="Unhandled"),
    ],
    ids=["refused for now", "failed"],
)
def test_what_cannot_be_made_readable_just_now_comes_again(edge: Lambda) -> None:
    assert set(rekognition(edge, cat="InvalidImageFormatException").detect([CAT, DOG], None)) == {DOG}


def test_what_was_gone_is_rejected_and_nothing_is_made_of_it() -> None:
    outcomes = rekognition(edge := Lambda({}), cat="InvalidS3ObjectException").detect([CAT], None)
    assert isinstance(rejection := outcomes[CAT], Rejection)
    assert (rejection.code, edge.asked) == ("no_such_object", [])


@pytest.mark.parametrize(
    ("refusal", "busy"),
    [
        ("ThrottlingException", True),
        ("ProvisionedThroughputExceededException", True),
        ("AccessDeniedException", False),
        (ReadTimeoutError(endpoint_url=""), False),
    ],
)
def test_what_rekognition_refused_for_now_comes_again_and_what_it_had_no_time_for_is_noted(
    refusal: str | Exception, busy: bool
) -> None:
    throttled: set[Image] = set()
    outcomes = detector(Rekognition(cat=refusal), Lambda({}), throttled).detect([CAT, DOG], None)
    assert set(outcomes) == {DOG}
    assert throttled == ({CAT} if busy else set())


@pytest.mark.parametrize(("code", "busy"), [("TooManyRequestsException", True), ("ServiceException", False)])
def test_what_the_edge_function_had_no_time_to_make_readable_is_noted(code: str, busy: bool) -> None:
    throttled: set[Image] = set()
    seen = detector(Rekognition(cat="InvalidImageFormatException"), Refusing(code), throttled).detect([CAT, DOG], None)
    assert set(seen) == {DOG}
    assert throttled == ({CAT} if busy else set())


def test_each_instance_is_a_detection_with_its_box_in_fractions() -> None:
    answer = {
        "LabelModelVersion": "3.0",
        "Labels": [
            {
                "Name": "Dog",
                "Confidence": 99.0,
                "Instances": [
                    {"BoundingBox": {"Width": 0.5, "Height": 0.25, "Left": 0.1, "Top": 0.2}, "Confidence": 98.0}
                ],
            },
            {"Name": "Grass", "Confidence": 80.0, "Instances": []},
        ],
    }
    seen = recognition_from(answer, 12).detections
    assert seen == (Detection("Dog", 0.98, Box(left=0.1, top=0.2, width=0.5, height=0.25)), Detection("Grass", 0.8))
