"""The detector `rekognition` over the wire: the real protocol, spoken to moto's server."""

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from domain.recognition import Recognition
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.normalized import Normalised
from recognition.detectors.runtime.rate_limiter import RateLimiter
from recognition.detectors.runtime.rekognition import RekognitionDetector
from tests.builders import image
from wire.aws.client import client


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> Iterator[RekognitionDetector]:
    """A detector whose Rekognition is a server on a free port of this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    boto3.client("s3").create_bucket(Bucket="images")
    boto3.client("s3").put_object(Bucket="images", Key=image().key, Body=b"picture")
    normalised = Normalised(EdgeDetector(client("lambda"), "edge"), "derived")
    yield RekognitionDetector(client("rekognition", retries={"mode": "adaptive"}), normalised, set(), RateLimiter(0))
    server.stop()


def test_labels_come_back_as_detections_with_boxes_in_fractions(detector: RekognitionDetector) -> None:
    answer = detector.detect([image()], None)[image()]
    assert isinstance(answer, Recognition)
    assert (answer.detector, answer.model.name, answer.model.version) == ("rekognition", "rekognition-labels", "3.0")
    assert all(0 <= seen.confidence <= 1 for seen in answer.detections)
    boxes = [seen.box for seen in answer.detections if seen.box]
    assert boxes
    assert all(0 <= side <= 1 for box in boxes for side in box.to_dict().values())
