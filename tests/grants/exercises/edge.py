"""Exercises of the functions that look at pictures."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.edge_ml import made
from tests.grants.stage import Put, Stage


def a_picture_is_seen(stage: Stage) -> None:
    """A version of an object."""
    assert seen(stage, stage.put()) == "cat"


def what_is_gone_is_told_from_what_is_denied(stage: Stage) -> None:
    """A version of an object that was deleted."""
    put = stage.put()
    stage.client("s3").delete_object(Bucket=put["bucket"], Key=put["key"], VersionId=put["version"])
    assert seen(stage, put) == "no_such_object"


def a_model_is_fetched(stage: Stage) -> None:
    """A bundle that was dropped into the bucket of models."""
    name = f"colours-{next(stage.numbers)}"
    with TemporaryDirectory() as scratch:
        model = (made.bundle(Path(scratch), "colours") / "model.onnx").read_bytes()
    content = made.model_json(name, version="1.0.0", labels=list(made.LABELS))
    for file, body in {"model.onnx": model, "model.json": json.dumps(content).encode()}.items():
        key = f"models/{name}/1.0.0/{file}"
        stage.client("s3").put_object(Bucket=stage.output("ModelsBucket"), Key=key, Body=body)
    stage.start_anew("Edge")  # it looks for new ones every few seconds only
    red = stage.put(made.encoded(made.picture("red")))
    assert seen(stage, red, f"{name}@1.0.0") == "red"


def a_thumbnail_is_kept(stage: Stage) -> None:
    """A picture derived from another."""
    bucket = stage.client("lambda").get_function(FunctionName=stage.functions["Recognize"])["Configuration"][
        "Environment"
    ]["Variables"]["DERIVED_BUCKET"]
    into = {"bucket": bucket, "key": f"{stage.owner}/thumbnail-{next(stage.numbers)}.jpg"}
    asked = stage.put() | {"kind": "thumbnail", "into": into, "detections": []}
    (told,) = stage.invoke("Edge", {"derive": [asked]})["results"]
    assert "error" not in told, told


def a_picture_is_classified(stage: Stage) -> None:
    """Bytes sent along."""
    said = stage.ask("POST", "/classify", data=stage.picture(), headers={"Content-Type": "image/jpeg"})
    assert said["detections"][0]["label"] == "cat"


def seen(stage: Stage, put: Put, model: str | None = None) -> str:
    """The label that the edge function sees, or the code of what is wrong."""
    said = stage.invoke("Edge", {"images": [put], "model": model})
    assert "results" in said, said
    (result,) = said["results"]
    return str(result["error"]["code"] if "error" in result else result["detections"][0]["label"])


EDGE = (a_picture_is_seen, what_is_gone_is_told_from_what_is_denied, a_model_is_fetched, a_thumbnail_is_kept)
CLASSIFY = (a_picture_is_classified,)
