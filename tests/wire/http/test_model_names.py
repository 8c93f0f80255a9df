"""A model that GET /models does not list is refused where it is asked for, at the cost of one call a minute."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.builders import http_request
from wire.http.api import ApiError
from wire.http.model_names import REMEMBERED_SECONDS, ModelNames

LISTED = [
    {"detector": "edge", "name": "animals", "version": "2.0.0", "status": "ready"},
    {"detector": "edge", "name": "mine", "version": "1.1.0", "status": "unusable"},
    {"detector": "rekognition", "name": "rekognition-labels"},
]


class List:
    """A list of models and its reads; `down` is raised instead."""

    def __init__(self) -> None:
        self.items, self.reads, self.now = list[dict[str, Any]](LISTED), list[Mapping[str, str]](), 0.0
        self.down: Exception | None = None
        self.names = ModelNames("https://api.example", lambda: self.now, self.read)

    def read(self, headers: Mapping[str, str]) -> bytes:
        """Return the list."""
        self.reads.append(headers)
        if self.down:
            raise self.down
        return json.dumps({"items": self.items}).encode()

    def refuses(self, model: str, detector: str = "edge") -> bool:
        """Return whether the model is refused as unknown."""
        try:
            self.names.check(http_request("POST /x", headers={"authorization": "Bearer t"}), model, detector)
        except ApiError as error:
            return (error.status, error.code, error.retryable) == (400, "unknown_model", False)
        return False


@pytest.mark.parametrize("model", ["animals", "animals@2.0.0", "mine", "mine@1.1.0"])
@pytest.mark.parametrize("detector", ["edge", "cascade", "rekognition"])
def test_a_listed_model_is_accepted(model: str, detector: str) -> None:
    assert not List().refuses(model, detector)


@pytest.mark.parametrize("model", ["typo", "animals@1.0.0", "Animals", "rekognition-labels"])
@pytest.mark.parametrize("detector", ["edge", "cascade"])
def test_a_model_that_is_not_listed_for_the_edge_detector_is_refused(model: str, detector: str) -> None:
    assert List().refuses(model, detector)


def test_a_typo_is_refused_for_a_detector_without_models_too() -> None:
    assert List().refuses("typo", "rekognition")
    assert not List().refuses("rekognition-labels", "rekognition")


def test_the_error_names_the_models_and_clips_the_typo() -> None:
    with pytest.raises(ApiError, match=r"There is no model 'x{40}'…; there are: animals, mine\."):
        List().names.check(http_request("POST /x"), "x" * 64, "edge")


def test_a_request_without_a_model_reads_no_list() -> None:
    listed = List()
    listed.names.check(http_request("POST /x"), None, "edge")
    assert listed.reads == []


def test_a_listed_model_is_remembered_for_a_minute_and_read_as_the_caller() -> None:
    listed = List()
    assert [listed.refuses("animals") for _ in range(3)] == [False] * 3
    assert listed.reads == [{"authorization": "Bearer t"}]
    listed.now = REMEMBERED_SECONDS
    assert not listed.refuses("animals")
    assert len(listed.reads) == 2


def test_a_new_model_is_found_at_once() -> None:
    listed = List()
    assert listed.refuses("new")
    listed.items.append({"detector": "edge", "name": "new", "version": "1.0.0"})
    assert not listed.refuses("new")


@pytest.mark.parametrize("down", [OSError("down"), TimeoutError("late"), ValueError("no JSON")])
def test_without_a_list_every_model_is_accepted(down: Exception) -> None:
    listed = List()
    listed.down = down
    assert not listed.refuses("typo")
