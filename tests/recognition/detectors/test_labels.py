"""DetectLabels: the real protocol with moto's server, and boxes in fractions."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from domain.recognition import Box, Detection, Recognition
from recognition.detectors.runtime.labels import detections
from recognition.detectors.runtime.rekognition import RekognitionDetector
from tests.builders import image
from tests.recognition.detectors.fakes import rekognition_detector
from wire.aws.client import client


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> Iterator[RekognitionDetector]:
    """Return a detector whose Rekognition is a server on a free port of this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    boto3.client("s3").create_bucket(Bucket="images")
    boto3.client("s3").put_object(Bucket="images", Key=image().key, Body=b"picture")
    yield rekognition_detector(client("rekognition", retries={"mode": "adaptive"}), client("lambda"))
    server.stop()


def test_labels_become_detections_with_boxes_in_fractions(detector: RekognitionDetector) -> None:
    outcome = detector.detect([image()], None)[image()]
    assert isinstance(outcome, Recognition)
    assert (outcome.detector, outcome.model.name, outcome.model.version) == ("rekognition", "rekognition-labels", "3.0")
    assert all(0 <= detection.confidence <= 1 for detection in outcome.detections)
    boxes = [detection.box for detection in outcome.detections if detection.box]
    assert boxes
    assert all(0 <= side <= 1 for box in boxes for side in box.to_dict().values())


def test_each_instance_is_a_detection_with_its_box_in_fractions() -> None:
    response: Any = {
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
    assert detections(response) == (
        Detection("Dog", 0.98, Box(left=0.1, top=0.2, width=0.5, height=0.25)),
        Detection("Grass", 0.8),
    )


def test_parents_are_sorted_from_the_most_exact_to_the_broadest() -> None:
    parents = {
        "Dog": ("Animal", "Canine", "Mammal"),
        "Canine": ("Animal", "Mammal"),
        "Mammal": ("Animal",),
        "Animal": (),
    }
    response: Any = {
        "LabelModelVersion": "3.0",
        "Labels": [
            {"Name": name, "Confidence": 90.0, "Parents": [{"Name": parent} for parent in parents[name]]}
            for name in parents
        ],
    }
    found = {detection.label: detection.parents for detection in detections(response)}
    assert found == {
        "Dog": ("Canine", "Mammal", "Animal"), "Canine": ("Mammal", "Animal"), "Mammal": ("Animal",), "Animal": (),
    }  # fmt: skip


def test_each_instance_has_the_parents_of_its_label_also_of_those_left_out() -> None:
    bounds = {"Width": 0.5, "Height": 0.25, "Left": 0.1, "Top": 0.2}
    instances = [{"BoundingBox": bounds, "Confidence": 98.0}] * 2
    parents = [{"Name": "Pet"}, {"Name": "Animal"}]
    response: Any = {"Labels": [{"Name": "Dog", "Confidence": 99.0, "Instances": instances, "Parents": parents}]}
    assert [detection.parents for detection in detections(response)] == [("Pet", "Animal")] * 2
