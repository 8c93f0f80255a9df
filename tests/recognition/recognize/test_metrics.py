"""The metrics of a batch: what they count, and the line they are."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from domain.recognition import Rejection
from recognition.recognize.runtime.metrics import METRICS, spending, tell
from recognition.results.runtime.result_cache import Memory
from tests.builders import image, recognition

CAT, DOG, COW = (image(image_id=f"img_{n:032x}") for n in range(3))
PAID = replace(recognition(), detector="rekognition")


def test_every_answer_of_rekognition_is_counted_whoever_was_asked() -> None:
    outcomes = {CAT: PAID, DOG: replace(PAID, asked="cascade"), COW: recognition()}
    counted = spending(4, outcomes, Counter(RekognitionCallsSaved=1, StandIns=2), Memory(), throttled=1)
    assert counted == {
        "ImagesAsked": 4,
        "AnswersReused": 0,
        "RekognitionCalls": 2,
        "RekognitionCallsSaved": 1,
        "StandIns": 2,
        "Throttled": 1,
    }


def test_an_answer_used_again_costs_nothing() -> None:
    memory = Memory()
    memory.reused[DOG, "rekognition"] = CAT.image_id
    counted = spending(2, {CAT: PAID, DOG: replace(PAID, asked="cascade")}, Counter(), memory)
    assert (counted["AnswersReused"], counted["RekognitionCalls"]) == (1, 1)


def test_a_refusal_costs_nothing() -> None:
    assert spending(1, {CAT: Rejection("not_an_image", "No.")}, Counter(), Memory())["RekognitionCalls"] == 0


def test_the_line_is_one_that_cloudwatch_makes_metrics_of(capsys: pytest.CaptureFixture[str]) -> None:
    tell(spending(3, {CAT: PAID}, Counter(), Memory()))
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    (directive,) = said["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Sightline", [["FunctionName", "service"]])
    assert directive["Metrics"] == [{"Name": name, "Unit": "Count"} for name in METRICS]
    assert (said["ImagesAsked"], said["RekognitionCalls"], said["RekognitionCallsSaved"]) == ([3], [1], [0])
    assert isinstance(said["_aws"]["Timestamp"], int)
    assert set(said) == {"_aws", "FunctionName", "service", *METRICS}
