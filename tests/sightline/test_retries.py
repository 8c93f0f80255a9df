import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from sightline.retries import ATTEMPTS, pause
from tests.sightline.conftest import Run
from tests.sightline.stand_in import JPEG, Deployment, Trouble

NOW = {"Retry-After": "0"}


def test_pauses_grow_and_end_growing() -> None:
    pauses = [pause(failures, "") for failures in range(1, 10)]
    assert 0.3 < pauses[0] < 0.7
    assert 1.4 < pauses[2] < 2.6
    assert max(pauses) <= 10


def test_retry_after_is_seconds_or_a_date() -> None:
    assert pause(1, "17") == 17
    assert 3000 < pause(1, format_datetime(datetime.now(UTC) + timedelta(hours=1))) <= 3600
    assert pause(1, format_datetime(datetime.now(UTC) - timedelta(days=1))) == 0
    assert pause(1, "soon") < 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(deployment: Deployment, run: Run, status: int) -> None:
    deployment.troubles["/models"] = [Trouble(status, "", NOW)] * 2
    ran = run("models")
    assert ran.status == 0
    assert "animals" in ran.said
    assert len(deployment.asked) == 3


def test_a_broken_connection_is_tried_again(deployment: Deployment, run: Run) -> None:
    deployment.troubles["/models"] = [Trouble(0)]
    assert run("models").status == 0


def test_a_page_of_something_else_is_not_taken_for_an_answer(deployment: Deployment, run: Run) -> None:
    deployment.troubles["/models"] = [Trouble(200, "<html>")]
    assert "not_the_api" in run("models").complained


def test_a_form_is_sent_anew_from_its_beginning(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(JPEG + bytes(200_000))
    deployment.troubles["/bucket"] = [Trouble(503, "<Error><Code>SlowDown</Code></Error>", NOW)]
    assert run("upload", tmp_path).status == 0
    assert [len(form["file"]) for form in deployment.forms] == [len(JPEG) + 200_000]
    assert len(deployment.images) == 1


def test_at_last_it_gives_up(deployment: Deployment, run: Run) -> None:
    deployment.troubles["/models"] = [Trouble(503, "", NOW)] * 99
    ran = run("models")
    assert (ran.status, ran.complained) == (1, "sightline: http_503: Service Unavailable\n")
    assert len(deployment.asked) == ATTEMPTS


def test_the_api_s_word_goes_before_the_status(deployment: Deployment, run: Run) -> None:
    final = '{"code": "upstream_status", "detail": "The server answered 404.", "retryable": false}'
    passing = '{"code": "dns_failure", "detail": "No address.", "retryable": true}'
    deployment.troubles["/images"] = [Trouble(422, passing, NOW), Trouble(502, final)]
    assert "upstream_status: The server answered 404." in run("upload", "https://example.com/a.jpg").complained
    assert len(deployment.asked) == 2


def test_who_asks_for_hours_is_not_waited_for(deployment: Deployment, run: Run) -> None:
    deployment.troubles["/models"] = [Trouble(429, "", {"Retry-After": "7200"})]
    began = time.monotonic()
    assert run("models").status == 1
    assert time.monotonic() - began < 60
