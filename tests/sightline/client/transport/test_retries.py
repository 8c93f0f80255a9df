from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from sightline.client.transport.retries import ATTEMPTS, retry_delay
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import JPEG, Deployment, Response

AT_ONCE = {"Retry-After": "0"}
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_backoff_grows_up_to_a_limit() -> None:
    delays = [retry_delay(failures, "") for failures in range(1, 10)]
    assert 0.3 < delays[0] < 0.7
    assert 1.4 < delays[2] < 2.6
    assert max(delays) <= 10


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_delay(1, "17") == 17
    assert retry_delay(1, format_datetime(NOW + timedelta(seconds=30)), lambda: NOW) == 30
    assert retry_delay(1, format_datetime(NOW - timedelta(days=1)), lambda: NOW) == 0
    assert retry_delay(1, "soon") < 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_transient_status_is_retried(deployment: Deployment, run: Run, status: int) -> None:
    deployment.responses["/models"] = [Response(status, "", AT_ONCE)] * 2
    result = run("models")
    assert result.status == 0
    assert "animals" in result.stdout
    assert len(deployment.requests) == 3


def test_a_broken_connection_is_retried(deployment: Deployment, run: Run) -> None:
    deployment.responses["/models"] = [Response(0)]
    assert run("models").status == 0


def test_a_response_that_is_not_json_is_a_failure(deployment: Deployment, run: Run) -> None:
    deployment.responses["/models"] = [Response(200, "<html>")]
    assert "not_the_api" in run("models").stderr


def test_a_form_is_sent_again_from_its_beginning(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(JPEG + bytes(200_000))
    deployment.responses["/bucket"] = [Response(503, "<Error><Code>SlowDown</Code></Error>", AT_ONCE)]
    assert run("upload", tmp_path).status == 0
    assert [len(form["file"]) for form in deployment.forms] == [len(JPEG) + 200_000]
    assert len(deployment.images) == 1


def test_the_last_attempt_fails(deployment: Deployment, run: Run) -> None:
    deployment.responses["/models"] = [Response(503, "", AT_ONCE)] * 99
    result = run("models")
    assert (result.status, result.stderr) == (1, "sightline: http_503: Service Unavailable\n")
    assert len(deployment.requests) == ATTEMPTS


def test_the_api_s_retryable_takes_precedence_over_the_status(deployment: Deployment, run: Run) -> None:
    final = '{"code": "upstream_status", "detail": "The server answered 404.", "retryable": false}'
    transient = '{"code": "dns_failure", "detail": "No address.", "retryable": true}'
    deployment.responses["/images"] = [Response(422, transient, AT_ONCE), Response(502, final)]
    assert "upstream_status: The server answered 404." in run("upload", "https://example.com/a.jpg").stderr
    assert len(deployment.requests) == 2


def test_a_retry_after_of_hours_fails_at_once(deployment: Deployment, run: Run) -> None:
    deployment.responses["/models"] = [Response(429, "", {"Retry-After": "7200"})]
    assert run("models").status == 1
    assert len(deployment.requests) == 1
