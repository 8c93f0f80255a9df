"""The log of the edge function: a line per image, and at the level WARNING only those of errors."""

import json

import pytest

from edge_ml import log

REQUESTS = [{"correlation_id": "img_1"}, {"correlation_id": "img_2"}]
RESULTS: list[dict[str, object]] = [{"duration_ms": 7}, {"error": {"code": "damaged_image", "detail": "It ends."}}]


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    log.log_results("recognized", REQUESTS, RESULTS)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {line["correlation_id"]: line["level"] for line in lines}


def test_every_image_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert logged(capsys) == {"img_1": "INFO", "img_2": "WARNING"}


def test_at_the_level_of_warnings_only_errors_have_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_ONLY_WARNINGS", True)
    assert logged(capsys) == {"img_2": "WARNING"}
