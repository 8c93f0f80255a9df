from pathlib import Path

from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import JPEG, Deployment, Response


def test_pictures_are_classified(deployment: Deployment, run: Run, holiday: Path) -> None:
    result = run("classify", holiday / "Kätzchen.jpg", "--model", "animals", "--top-k", "2")
    assert result.status == 0
    assert deployment.requests == [("POST", "/classify?model=animals&top_k=2", JPEG)]
    assert [line.split()[-2:] for line in result.stdout.splitlines()[2:]] == [["cat", "99%"], ["dog", "1%"]]


def test_a_failure_does_not_stop_the_other_pictures(deployment: Deployment, run: Run, holiday: Path) -> None:
    body = '{"code": "damaged_image", "detail": "It cannot be read.", "retryable": false}'
    deployment.responses["/classify"] = [Response(422, body)]
    result = run("classify", holiday, "https://example.com/cat.jpg", "--parallel", "1", "--json")
    assert result.status == 1
    assert [record.get("error", {}).get("code") for record in result.records] == ["damaged_image", None, "no_file"]
