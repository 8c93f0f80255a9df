import base64
import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import boto3
import moto
import pytest

from domain.image import Image
from domain.recognition import Detection, Model, Recognition, Rejection
from edge_ml import handler as module
from edge_ml.serving.bundle_store import BundleStore
from edge_ml.serving.model_registry import ModelRegistry
from edge_ml.storage.client import s3 as client_of_s3
from edge_ml.storage.objects import reader
from recognition.detectors.runtime.edge.detector import EdgeDetector
from tests import builders
from tests.edge_ml import samples


class Context:
    def __init__(self, milliseconds: int = 60_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class Invoking:
    """A Lambda client whose function is the handler."""

    def invoke(self, **request: str) -> dict[str, Any]:
        return {"Payload": io.BytesIO(json.dumps(invoke(json.loads(request["Payload"]))).encode())}


def edge_detector() -> EdgeDetector:
    return EdgeDetector(cast(Any, Invoking()), "edge")


@pytest.fixture(autouse=True)
def s3(colors_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(module, "MODELS", ModelRegistry(colors_folder, "colors", BundleStore(client_of_s3, "models")))
    with moto.mock_aws():
        client_of_s3.cache_clear()
        reader.cache_clear()
        client = boto3.client("s3")
        client.create_bucket(Bucket="images")
        client.create_bucket(Bucket="models")
        yield client
    client_of_s3.cache_clear()
    reader.cache_clear()


def stored(s3: Any, *bodies: bytes) -> list[dict[str, str]]:
    for n, body in enumerate(bodies):
        s3.put_object(Bucket="images", Key=f"{n}.jpg", Body=body)
    return [{"bucket": "images", "key": f"{n}.jpg", "version": "null"} for n in range(len(bodies))]


def domain_image(reference: dict[str, str], image_id: str) -> Image:
    """Return the Image that recognition refers to by these fields."""
    bucket, key, version = (reference[field] for field in ("bucket", "key", "version"))
    return dataclasses.replace(builders.image(image_id=image_id), bucket=bucket, key=key, version=version)


def invoke(event: dict[str, Any], context: Context | None = None) -> dict[str, Any]:
    """Return the response as its caller gets it: Lambda carries JSON, which has no NaN."""
    response = module.handler(json.loads(json.dumps(event)), context or Context())
    return dict(json.loads(json.dumps(response, allow_nan=False)))


def test_results_are_in_the_order_of_the_images(s3: Any) -> None:
    pictures = [
        samples.encoded(samples.picture(color)) for color in ("red", "lime", "blue", "red", "blue", "lime", "red")
    ]
    response = invoke({"images": stored(s3, *pictures), "model": None})
    assert list(map(samples.best, response["results"])) == ["red", "green", "blue", "red", "blue", "green", "red"]


def test_bytes_in_the_request_are_recognized_beside_objects(s3: Any) -> None:
    sent = {"bytes": base64.b64encode(samples.encoded(samples.picture("lime"))).decode()}
    images = [*stored(s3, samples.encoded(samples.picture("red"))), sent, {"bytes": "bm8gcGljdHVyZQ=="}]
    *recognized, refused = invoke({"images": images})["results"]
    assert list(map(samples.best, recognized)) == ["red", "green"]
    assert refused["error"]["code"] == "not_an_image"


def test_no_s3_client_is_made_for_bytes_in_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "reader", lambda: pytest.fail("what reads from S3 was made"))
    sent = {"bytes": base64.b64encode(samples.encoded(samples.picture("blue"))).decode()}
    assert samples.best(invoke({"images": [sent]})["results"][0]) == "blue"


def test_bad_images_do_not_affect_the_others(s3: Any) -> None:
    good = samples.encoded(samples.picture("blue"))
    images = stored(s3, good, b"not an image", good[:100], b"", b"8BPS\0\1", good)
    images.insert(3, {"bucket": "images", "key": "gone", "version": "null"})
    results = invoke({"images": images})["results"]
    assert [result.get("error", {}).get("code") for result in results] == [
        None, "not_an_image", "damaged_image", "no_such_object", "empty", "unsupported_format", None,
    ]  # fmt: skip
    assert samples.best(results[0]) == samples.best(results[-1]) == "blue"


def test_contract_of_recognize(s3: Any) -> None:
    response = invoke(
        {"images": stored(s3, samples.encoded(samples.picture("red", (64, 48))), b"text"), "model": "colors"}
    )
    assert set(response) == {"model", "results"}
    model = Model.from_dict(response["model"])
    assert (model.name, model.version, len(model.digest)) == ("colors", "1.2.3", 64)
    good, bad = response["results"]
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


def test_contract_recognition_reads_every_result(s3: Any) -> None:
    references = stored(s3, samples.encoded(samples.picture("red")), b"text")
    good, bad = (domain_image(reference, f"img_{n}") for n, reference in enumerate(references))
    outcomes = edge_detector().detect([good, bad], "colors")
    seen, refused = outcomes[good], outcomes[bad]
    assert isinstance(seen, Recognition)
    assert seen.model == Model.from_dict(invoke({"images": [], "model": "colors"})["model"])
    assert (seen.size, seen.detections[0].label) == ((64, 48), "red")
    assert isinstance(refused, Rejection)
    assert refused.code == "not_an_image"


def test_contract_recognition_reads_the_error_of_a_whole_request(s3: Any) -> None:
    (reference,) = stored(s3, b"x")
    (refused,) = edge_detector().detect([domain_image(reference, "img_0")], "lions").values()
    assert isinstance(refused, Rejection)
    assert refused.code == "unknown_model"


def test_each_log_line_has_the_correlation_id_of_its_image(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    images = stored(s3, samples.encoded(samples.picture("red")), b"text")
    known = [image | {"correlation_id": f"img_{n}"} for n, image in enumerate(images)]
    invoke({"images": known})
    invoke({"images": known, "model": "lions"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    fields = [(line["correlation_id"], line["level"], line.get("code"), line.get("model")) for line in lines]
    assert fields == [
        ("img_0", "INFO", None, "colors@1.2.3"),
        ("img_1", "WARNING", "not_an_image", "colors@1.2.3"),
        ("img_0", "WARNING", "unknown_model", None),
        ("img_1", "WARNING", "unknown_model", None),
    ]


def test_contract_describe(s3: Any) -> None:
    (described,) = invoke({"describe": True})["models"]
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


def test_contract_resolve_names_the_models_and_reads_no_image(s3: Any) -> None:
    default, named, unknown = invoke({"resolve": [None, "colors@1.2.3", "lions"]})["models"]
    assert default == named == invoke({"images": stored(s3, b"text")})["model"]
    assert Model.from_dict(default).name == "colors"
    assert unknown["error"]["code"] == "unknown_model"


def test_an_unknown_model_is_an_error_response_and_not_an_exception(s3: Any) -> None:
    response = invoke({"images": stored(s3, b"x"), "model": "lions"})
    assert response == {"error": {"code": "unknown_model", "detail": "There is no model 'lions'; there are colors."}}


def test_an_unusable_bundle_fails_one_invocation_and_not_the_next(s3: Any) -> None:
    s3.put_object(Bucket="models", Key="models/broken/1.0.0/model.json", Body=b"{")
    images = stored(s3, samples.encoded(samples.picture("red")))
    refused = invoke({"images": images, "model": "broken@1.0.0"})
    assert refused == {"error": {"code": "unusable_model", "detail": "broken@1.0.0: there is no model.onnx."}}
    assert samples.best(invoke({"images": images, "model": None})["results"][0]) == "red"


def test_an_unreadable_bucket_is_a_retryable_error(s3: Any) -> None:
    s3.delete_bucket(Bucket="models")
    error = invoke({"images": stored(s3, b"x"), "model": "lions"})["error"]
    assert (error["code"], error["retryable"]) == ("models_unavailable", True)


def test_no_images_no_results() -> None:
    assert invoke({"images": []})["results"] == []


def test_images_without_time_left_are_retryable(s3: Any) -> None:
    images = stored(s3, samples.encoded(samples.picture("red")))
    (result,) = invoke({"images": images}, Context(milliseconds=500))["results"]
    assert (result["error"]["code"], result["error"]["retryable"]) == ("out_of_time", True)


def test_a_batch_without_access_is_retryable(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Denying:
        def get_object(self, **_: str) -> None:
            raise s3.exceptions.ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    monkeypatch.setattr("edge_ml.storage.objects.s3", Denying)
    results = invoke({"images": stored(s3, b"x", b"y")})["results"]
    assert [result["error"]["retryable"] for result in results] == [True, True]


def derive_request(image: dict[str, str], kind: str = "thumbnail", **more: Any) -> dict[str, Any]:
    return image | {"kind": kind, "into": {"bucket": "derived", "key": f"ann/img/{kind}.jpg"}} | more


def test_contract_derived_pictures_are_stored_in_their_targets(s3: Any) -> None:
    s3.create_bucket(Bucket="derived")
    (image,) = stored(s3, samples.encoded(samples.picture("blue", (640, 480))))
    seen = [{"label": "sky", "confidence": 0.9, "box": {"left": 0, "top": 0, "width": 1, "height": 1}}]
    wanted = [
        derive_request(image),
        derive_request(image, "annotated", detections=seen),
        derive_request(image, "rekognition"),
    ]
    results = invoke({"derive": wanted})["results"]
    assert [result["size"] for result in results] == [
        {"width": 320, "height": 240}, {"width": 640, "height": 480}, {"width": 640, "height": 480}
    ]  # fmt: skip
    kept = s3.get_object(Bucket="derived", Key="ann/img/thumbnail.jpg")
    assert (kept["ContentType"], kept["ContentLength"]) == ("image/jpeg", results[0]["bytes"])
    assert kept["CacheControl"].startswith("private, max-age=")


def test_a_picture_that_cannot_be_made_does_not_affect_the_others(s3: Any) -> None:
    s3.create_bucket(Bucket="derived")
    good, text = stored(s3, samples.encoded(samples.picture("blue")), b"text")
    nowhere = derive_request(good, into={"bucket": "no-such-bucket", "key": "k"})
    results = invoke(
        {"derive": [derive_request(text), derive_request(good, "hologram"), nowhere, derive_request(good)]}
    )["results"]
    assert [result.get("error", {}).get("code") for result in results] == [
        "not_an_image", "unknown_kind", "storage_error", None
    ]  # fmt: skip
    assert [result["error"]["retryable"] for result in results[:3]] == [False, False, True]


def test_derived_pictures_without_time_left_are_retryable(s3: Any) -> None:
    (image,) = stored(s3, b"x")
    (result,) = invoke({"derive": [derive_request(image)]}, Context(milliseconds=500))["results"]
    assert (result["error"]["code"], result["error"]["retryable"]) == ("out_of_time", True)
