import io

import pytest

from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment, Response

MISSING = '{"code": "no_such_image", "detail": "There is no such image.", "retryable": false}'


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Have the user type a text."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize("text", ["", "\n", "n\n", "yes, but\n"])
def test_nothing_is_erased_without_a_confirmation(
    deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    type_in(monkeypatch, text)
    result = run("delete", deployment.add("cat.jpg"))
    assert (result.status, len(deployment.images), deployment.requests) == (1, 1, [])
    assert "not_confirmed" in result.stderr


def test_a_confirmed_erasure_has_a_receipt(deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "Y\n")
    image_id = deployment.add("cat.jpg")
    result = run("delete", image_id)
    assert (result.status, deployment.images) == (0, {})
    assert "Erase this image for good" in result.stderr
    assert [line.split() for line in result.stdout.splitlines()] == [
        [image_id, "erased", "at", "2026-11-21T12:00:00Z"],
        ["objects", "images/k", "v1"],
        ["derived", "k/thumbnail"],
        ["recognition", "true"],
    ]


def test_a_missing_image_does_not_stop_the_others(deployment: Deployment, run: Run) -> None:
    deployment.responses["/images/img_x"] = [Response(404, MISSING)]
    result = run("delete", "--yes", "img_x", deployment.add("cat.jpg"), "--json")
    assert (result.status, deployment.images) == (1, {})
    assert [record["status"] for record in result.records] == ["failed", "erased"]


def test_an_invalid_token_stops_the_command(deployment: Deployment, run: Run) -> None:
    deployment.responses["/images/img_x"] = [Response(401, '{"code": "token_expired", "detail": "It has expired."}')]
    result = run("delete", "--yes", "img_x", deployment.add("cat.jpg"))
    assert (result.status, len(deployment.images), len(deployment.requests)) == (1, 1, 1)
    assert "SIGHTLINE_TOKEN" in result.stderr
