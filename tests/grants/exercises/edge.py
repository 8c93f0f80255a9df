"""Exercises of the functions that run the model."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.edge_ml import samples
from tests.grants.stage import Put, Stage


def a_picture_is_recognized(stage: Stage) -> None:
    """Recognize a version of an object."""
    assert first_label(stage, stage.put()) == "cat"


def a_deleted_object_is_not_a_denied_one(stage: Stage) -> None:
    """Report a deleted version as missing."""
    put = stage.put()
    stage.client("s3").delete_object(Bucket=put["bucket"], Key=put["key"], VersionId=put["version"])
    assert first_label(stage, put) == "no_such_object"


def a_model_is_fetched(stage: Stage) -> None:
    """Fetch a bundle from the models bucket."""
    name = f"colours-{next(stage.numbers)}"
    with TemporaryDirectory() as scratch:
        model = (samples.bundle(Path(scratch), "colours") / "model.onnx").read_bytes()
    content = samples.model_json(name, version="1.0.0", labels=list(samples.LABELS))
    for file, body in {"model.onnx": model, "model.json": json.dumps(content).encode()}.items():
        key = f"models/{name}/1.0.0/{file}"
        stage.client("s3").put_object(Bucket=stage.output("ModelsBucket"), Key=key, Body=body)
    stage.restart("Edge")  # it lists the bucket only every few seconds
    red = stage.put(samples.encoded(samples.picture("red")))
    assert first_label(stage, red, f"{name}@1.0.0") == "red"


def a_thumbnail_is_stored(stage: Stage) -> None:
    """Derive a picture from another."""
    into = {"bucket": derived_bucket(stage), "key": f"{stage.owner}/thumbnail-{next(stage.numbers)}.jpg"}
    request = stage.put() | {"kind": "thumbnail", "into": into, "detections": []}
    (result,) = stage.invoke("Edge", {"derive": [request]})["results"]
    assert "error" not in result, result


def a_picture_of_a_deleted_object_is_removed(stage: Stage) -> None:
    """Remove a derived picture whose image has been deleted."""
    into = {"bucket": derived_bucket(stage), "key": f"{stage.owner}/thumbnail-{next(stage.numbers)}.jpg"}
    stage.client("s3").put_object(Bucket=into["bucket"], Key=into["key"], Body=b"left behind")
    put = stage.put()
    stage.client("s3").delete_object(Bucket=put["bucket"], Key=put["key"], VersionId=put["version"])
    request = put | {"kind": "thumbnail", "into": into, "detections": []}
    (result,) = stage.invoke("Edge", {"derive": [request]})["results"]
    assert result["error"]["code"] == "no_such_object", result
    assert not stage.client("s3").list_objects_v2(Bucket=into["bucket"], Prefix=into["key"])["KeyCount"]


def derived_bucket(stage: Stage) -> str:
    """Return the name of the bucket of derived pictures."""
    function = stage.client("lambda").get_function(FunctionName=stage.functions["Recognize"])
    return str(function["Configuration"]["Environment"]["Variables"]["DERIVED_BUCKET"])


def a_picture_is_classified(stage: Stage) -> None:
    """Classify the bytes of the request."""
    result = stage.request("POST", "/classify", data=stage.picture(), headers={"Content-Type": "image/jpeg"})
    assert result["detections"][0]["label"] == "cat"


def first_label(stage: Stage, put: Put, model: str | None = None) -> str:
    """Return the first label by the edge function, or its error code."""
    response = stage.invoke("Edge", {"images": [put], "model": model})
    assert "results" in response, response
    (result,) = response["results"]
    return str(result["error"]["code"] if "error" in result else result["detections"][0]["label"])


EDGE = (
    a_picture_is_recognized,
    a_deleted_object_is_not_a_denied_one,
    a_model_is_fetched,
    a_thumbnail_is_stored,
    a_picture_of_a_deleted_object_is_removed,
)
CLASSIFY = (a_picture_is_classified,)
