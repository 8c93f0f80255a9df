"""POST /classify and the cascade in the deployed app."""

import io
import json
from typing import Any

import pytest
import requests
from PIL import Image as Picture

from local import function_logs
from tests.pipeline.chain import Chain, wait_for
from tests.rekognition_server import Rekognition


def classify(chain: Chain, body: bytes, **query: str) -> requests.Response:
    """Send POST /classify and return its response."""
    return chain.request("POST", "/classify", data=body, headers={"Content-Type": "image/jpeg"}, params=query)


@pytest.fixture(scope="module")
def huge() -> bytes:
    """A picture of a hundred million pixels: more than the edge function decodes, no more than Rekognition reads."""
    file = io.BytesIO()
    Picture.new("1", (10_000, 10_000)).save(file, "PNG")
    return file.getvalue()


def test_a_photograph_is_classified_at_once_and_nothing_is_kept(chain: Chain, cat: bytes) -> None:
    only_here = cat + b"told apart by its length"
    response = classify(chain, only_here, top_k="1", model="animals")
    assert response.status_code == 200, response.text
    classification = response.json()
    assert [detection["label"] for detection in classification["detections"]] == ["cat"]
    assert (classification["detector"], classification["model"]["name"]) == ("edge", "animals")
    assert classification["size"]["width"] > 0
    assert len(only_here) not in [image["bytes"] for image in chain.listed()]
    keys = chain.deployment.client("s3").list_objects_v2(Bucket=chain.deployment.endpoints.images_bucket)
    assert len(only_here) not in [stored["Size"] for stored in keys.get("Contents", ())]


def test_classify_returns_the_same_detections_as_an_upload(chain: Chain, coffee: bytes) -> None:
    image = chain.settled(chain.by_bytes("same.jpg", coffee))
    assert classify(chain, coffee).json()["detections"] == image["recognition"]["detections"]


@pytest.mark.parametrize(
    ("body", "query", "status", "code"),
    [
        (b"These are no pixels.", {}, 415, "not_an_image"),
        (b"\xff\xd8\xff\xe0" + b"no more of it", {}, 422, "damaged_image"),
        (b"\xff\xd8\xff" + b"0" * 5_000_000, {}, 413, "too_large"),
        (b"\xff\xd8\xff\xe0", {"model": "lions"}, 400, "unknown_model"),
        (b"\xff\xd8\xff\xe0", {"top_k": "none"}, 400, "invalid_options"),
    ],
    ids=["text", "damaged", "5 MB", "unknown model", "nonsense"],
)
def test_an_undecodable_picture_is_a_problem(
    chain: Chain, body: bytes, query: dict[str, str], status: int, code: str
) -> None:
    response = classify(chain, body, **query)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_cascade_does_not_call_rekognition_when_the_edge_model_is_sure(
    chain: Chain, cat: bytes, rekognition: Rekognition
) -> None:
    image = chain.settled(chain.by_form("sure.jpg", cat + b"sure", detector="cascade"))
    assert (image["recognition"]["asked"], image["recognition"]["detector"]) == ("cascade", "edge")
    assert not [key for key in rekognition.keys if key.endswith("sure.jpg")]
    assert counted(chain)["RekognitionCallsSaved"] >= 1


def test_the_cascade_calls_rekognition_for_what_the_edge_model_cannot_decode(
    chain: Chain, huge: bytes, rekognition: Rekognition
) -> None:
    image = chain.settled(chain.by_form("huge.png", huge, detector="cascade"))
    assert (image["recognition"]["asked"], image["recognition"]["detector"]) == ("cascade", "rekognition")
    assert image["recognition"]["detections"][0]["label"] == "Cat"
    assert len([key for key in rekognition.keys if key.endswith("huge.png")]) == 1
    assert counted(chain)["StandIns"] >= 1


def test_an_image_waits_while_neither_detector_is_available(
    chain: Chain, huge: bytes, rekognition: Rekognition
) -> None:
    rekognition.refusal = "AccessDeniedException"
    image_id = chain.by_form("later.png", huge + b"later", detector="cascade")
    wait_for(lambda: [key for key in rekognition.keys if key.endswith("later.png")])
    rekognition.refusal = None
    assert chain.settled(image_id)["recognition"]["detector"] == "rekognition"


def test_a_named_detector_is_called_alone(chain: Chain, cat: bytes, rekognition: Rekognition) -> None:
    image = chain.settled(chain.by_form("paid.jpg", cat + b"paid", detector="rekognition"))
    assert (image["recognition"]["asked"], image["recognition"]["detector"]) == ("rekognition", "rekognition")
    assert chain.receipts(image["image_id"])[0].event["data"]["recognition"]["asked"] == "rekognition"


def counted(chain: Chain) -> dict[str, int]:
    """Return the sums of metrics in the functions' logs."""

    def look() -> dict[str, int]:
        log = chain.deployment.directory / "logs/counted.log"
        function_logs.save(chain.deployment.client("logs"), log)
        lines: list[dict[str, Any]] = [
            json.loads(line[line.index("{") :]) for line in log.read_text().splitlines() if '"_aws"' in line
        ]
        return (
            {name: sum(line.get(name, [0])[0] for line in lines) for name in ("RekognitionCallsSaved", "StandIns")}
            if lines
            else {}
        )

    return wait_for(look)
