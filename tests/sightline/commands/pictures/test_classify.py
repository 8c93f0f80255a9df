from pathlib import Path

import pytest
from PIL import Image

from sightline.client.pictures.picture import LARGEST_BODY
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
    result = run("classify", holiday, "--parallel", "1", "--json")
    assert result.status == 1
    assert [record.get("error", {}).get("code") for record in result.records] == ["damaged_image", None]


def test_a_url_is_fetched_by_the_client_and_not_sent(deployment: Deployment, run: Run) -> None:
    deployment.responses["/cat.jpg"] = [Response(200, "GIF89a and so on")]
    result = run("classify", f"{deployment.url}/cat.jpg?size=small")
    assert result.status == 0, result.stderr
    assert deployment.requests[1:] == [("POST", "/classify", b"GIF89a and so on")]
    deployment.responses["/large.gif"] = [Response(200, "GIF89a" + "x" * LARGEST_BODY)]
    assert "too_large" in run("classify", f"{deployment.url}/large.gif").stderr
    deployment.responses["/none.gif"] = [Response(404)]
    assert "http_404" in run("classify", f"{deployment.url}/none.gif").stderr


def test_a_file_beyond_the_limit_fails_without_a_call(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(JPEG + bytes(LARGEST_BODY))
    result = run("classify", tmp_path / "large.jpg")
    assert "larger than the 4.5 MB that the API accepts" in result.stderr
    assert not deployment.requests


def test_drawn_pictures_are_written_and_replace_nothing(
    deployment: Deployment, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (200, 100), "white").save(tmp_path / folder / "cat.jpg")
    records = run("classify", "a", "b", "--draw", "--json", "--parallel", "1").records
    assert [record["drawn"] for record in records] == ["cat.annotated.jpg", "cat-2.annotated.jpg"]
    with Image.open("cat.annotated.jpg") as drawn:
        assert drawn.size == (200, 100)
        assert drawn.convert("L").histogram()[:100] != [0] * 100
    assert "cat-3.annotated.jpg" in run("classify", "a", "--draw").stdout
