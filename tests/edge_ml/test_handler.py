import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import moto
import pytest

from domain.recognition import Detection, Model, Rejection
from edge_ml import handler as module
from edge_ml import objects
from edge_ml.serving.bundle_store import BundleStore
from edge_ml.serving.model_registry import ModelRegistry
from tests.edge_ml import samples

KNOWN = {"correlation_id": "img_0"}


class Context:
    def __init__(self, milliseconds: int = 60_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@pytest.fixture(autouse=True)
def s3(colors_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(module, "MODELS", ModelRegistry(colors_folder, "colors", BundleStore(objects.s3, "models")))
    with moto.mock_aws():
        objects.s3.cache_clear()
        client = boto3.client("s3")
        client.create_bucket(Bucket="images")
        client.create_bucket(Bucket="models")
        yield client
    objects.s3.cache_clear()


def stored(s3: Any, *bodies: bytes) -> list[dict[str, str]]:
    for n, body in enumerate(bodies):
        s3.put_object(Bucket="images", Key=f"{n}.jpg", Body=body)
    return [{"bucket": "images", "key": f"{n}.jpg", "version": "null"} for n in range(len(bodies))]


def ask(event: dict[str, Any], context: Context | None = None) -> dict[str, Any]:
    """The answer as it comes out at the other end: Lambda carries JSON, and JSON knows no NaN."""
    answer = module.handler(json.loads(json.dumps(event)), context or Context())
    return dict(json.loads(json.dumps(answer, allow_nan=False)))


def test_each_image_is_answered_in_its_place(s3: Any) -> None:
    pictures = [
        samples.encoded(samples.picture(color)) for color in ("red", "lime", "blue", "red", "blue", "lime", "red")
    ]
    answer = ask({"images": stored(s3, *pictures), "model": None})
    assert list(map(samples.best, answer["results"])) == ["red", "green", "blue", "red", "blue", "green", "red"]


def test_bytes_sent_along_are_answered_beside_objects(s3: Any) -> None:
    sent = {"bytes": base64.b64encode(samples.encoded(samples.picture("lime"))).decode()}
    images = [*stored(s3, samples.encoded(samples.picture("red"))), sent, {"bytes": "bm8gcGljdHVyZQ=="}]
    *answered, refused = ask({"images": images})["results"]
    assert list(map(samples.best, answered)) == ["red", "green"]
    assert refused["error"]["code"] == "not_an_image"


def test_for_bytes_sent_along_no_s3_client_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "s3", lambda: pytest.fail("a client was made"))
    sent = {"bytes": base64.b64encode(samples.encoded(samples.picture("blue"))).decode()}
    assert samples.best(ask({"images": [sent]})["results"][0]) == "blue"


def test_bad_images_leave_their_neighbors_alone(s3: Any) -> None:
    good = samples.encoded(samples.picture("blue"))
    images = stored(s3, good, b"not an image", good[:100], b"", b"8BPS\0\1", good)
    images.insert(3, {"bucket": "images", "key": "gone", "version": "null"})
    results = ask({"images": images})["results"]
    assert [result.get("error", {}).get("code") for result in results] == [
        None, "not_an_image", "damaged_image", "no_such_object", "empty", "unsupported_format", None,
    ]  # fmt: skip
    assert samples.best(results[0]) == samples.best(results[-1]) == "blue"


def test_contract_what_recognition_reads(s3: Any) -> None:
    answer = ask({"images": stored(s3, samples.encoded(samples.picture("red", (64, 48))), b"text"), "model": "colors"})
    assert set(answer) == {"model", "results"}
    model = Model.from_dict(answer["model"])
    assert (model.name, model.version, len(model.digest)) == ("colors", "1.2.3", 64)
    good, bad = answer["results"]
    assert set(good) == {"detections", "size", "duration_ms"}
    seen = Detection.from_dict(good["detections"][0])
    assert (seen.label, seen.box) == ("red", None)
    assert seen.confidence == pytest.approx(1, abs=1e-3)
    assert good["size"] == {"width": 64, "height": 48}
    assert isinstance(good["duration_ms"], int)
    assert set(bad) == {"error"}
    assert set(bad["error"]) == {"code", "detail", "retryable"}
    assert Rejection.from_dict(bad["error"]).code == "not_an_image"
    assert bad["error"]["retryable"] is False


def test_contract_the_recognizer_understands_every_answer(s3: Any) -> None:
    edge_detector = pytest.importorskip("recognition.runtime.edge_detector")
    answer = ask({"images": stored(s3, samples.encoded(samples.picture("red")), b"text")})
    model = Model.from_dict(answer["model"])
    seen, refused = (edge_detector._outcome(model, KNOWN, result) for result in answer["results"])
    assert (seen.model, seen.size, seen.detections[0].label) == (model, (64, 48), "red")
    assert isinstance(refused, Rejection)


def test_each_image_s_line_of_the_log_bears_the_id_it_was_asked_under(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    images = stored(s3, samples.encoded(samples.picture("red")), b"text")
    known = [each | {"correlation_id": f"img_{n}"} for n, each in enumerate(images)]
    ask({"images": known})
    ask({"images": known, "model": "lions"})
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    told = [(each["correlation_id"], each["level"], each.get("code"), each.get("model")) for each in lines]
    assert told == [
        ("img_0", "INFO", None, "colors@1.2.3"),
        ("img_1", "WARNING", "not_an_image", "colors@1.2.3"),
        ("img_0", "WARNING", "unknown_model", None),
        ("img_1", "WARNING", "unknown_model", None),
    ]


def test_contract_describe(s3: Any) -> None:
    (described,) = ask({"describe": True})["models"]
    assert set(described) == {
        "name",
        "version",
        "digest",
        "task",
        "labels",
        "input_size",
        "metrics",
        "license",
        "source",
        "origin",
        "status",
    }


def test_contract_resolve_names_the_models_that_would_answer_and_looks_at_nothing(s3: Any) -> None:
    default, named, unknown = ask({"resolve": [None, "colors@1.2.3", "lions"]})["models"]
    assert default == named == ask({"images": stored(s3, b"text")})["model"]
    assert Model.from_dict(default).name == "colors"
    assert unknown["error"]["code"] == "unknown_model"


def test_an_unknown_model_is_an_answer_and_not_an_exception(s3: Any) -> None:
    answer = ask({"images": stored(s3, b"x"), "model": "lions"})
    assert answer == {"error": {"code": "unknown_model", "detail": "There is no model 'lions'; there are colors."}}


def test_a_bundle_that_cannot_be_used_is_an_answer_and_the_next_invocation_has_its_own(s3: Any) -> None:
    s3.put_object(Bucket="models", Key="models/broken/1.0.0/model.json", Body=b"{")
    images = stored(s3, samples.encoded(samples.picture("red")))
    refused = ask({"images": images, "model": "broken@1.0.0"})
    assert refused == {"error": {"code": "unusable_model", "detail": "broken@1.0.0: there is no model.onnx."}}
    assert samples.best(ask({"images": images, "model": None})["results"][0]) == "red"


def test_a_model_that_may_be_in_a_bucket_that_cannot_be_read_may_be_asked_for_again(s3: Any) -> None:
    s3.delete_bucket(Bucket="models")
    error = ask({"images": stored(s3, b"x"), "model": "lions"})["error"]
    assert (error["code"], error["retryable"]) == ("models_unavailable", True)


def test_no_images_no_results() -> None:
    assert ask({"images": []})["results"] == []


def test_images_for_which_no_time_is_left_may_be_asked_for_again(s3: Any) -> None:
    images = stored(s3, samples.encoded(samples.picture("red")))
    (result,) = ask({"images": images}, Context(milliseconds=500))["results"]
    assert (result["error"]["code"], result["error"]["retryable"]) == ("out_of_time", True)


def test_a_batch_without_access_is_retryable(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Denying:
        def get_object(self, **_: str) -> None:
            raise s3.exceptions.ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    monkeypatch.setattr(module, "s3", Denying)
    results = ask({"images": stored(s3, b"x", b"y")})["results"]
    assert [result["error"]["retryable"] for result in results] == [True, True]


def asked(image: dict[str, str], kind: str = "thumbnail", **more: Any) -> dict[str, Any]:
    return image | {"kind": kind, "into": {"bucket": "derived", "key": f"ann/img/{kind}.jpg"}} | more


def test_contract_pictures_are_made_where_they_are_wanted(s3: Any) -> None:
    s3.create_bucket(Bucket="derived")
    (image,) = stored(s3, samples.encoded(samples.picture("blue", (640, 480))))
    seen = [{"label": "sky", "confidence": 0.9, "box": {"left": 0, "top": 0, "width": 1, "height": 1}}]
    wanted = [asked(image), asked(image, "annotated", detections=seen), asked(image, "rekognition")]
    results = ask({"derive": wanted})["results"]
    assert [result["size"] for result in results] == [
        {"width": 320, "height": 240}, {"width": 640, "height": 480}, {"width": 640, "height": 480}
    ]  # fmt: skip
    kept = s3.get_object(Bucket="derived", Key="ann/img/thumbnail.jpg")
    assert (kept["ContentType"], kept["ContentLength"]) == ("image/jpeg", results[0]["bytes"])
    assert kept["CacheControl"].startswith("private, max-age=")


def test_a_picture_that_cannot_be_made_leaves_its_neighbors_alone(s3: Any) -> None:
    s3.create_bucket(Bucket="derived")
    good, text = stored(s3, samples.encoded(samples.picture("blue")), b"text")
    nowhere = asked(good, into={"bucket": "no-such-bucket", "key": "k"})
    results = ask({"derive": [asked(text), asked(good, "hologram"), nowhere, asked(good)]})["results"]
    assert [result.get("error", {}).get("code") for result in results] == [
        "not_an_image", "unknown_kind", "storage_error", None
    ]  # fmt: skip
    assert [result["error"]["retryable"] for result in results[:3]] == [False, False, True]


def test_pictures_for_which_no_time_is_left_may_be_asked_for_again(s3: Any) -> None:
    (image,) = stored(s3, b"x")
    (result,) = ask({"derive": [asked(image)]}, Context(milliseconds=500))["results"]
    assert (result["error"]["code"], result["error"]["retryable"]) == ("out_of_time", True)
