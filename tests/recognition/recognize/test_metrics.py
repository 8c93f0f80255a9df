"""The metrics of a batch: their counts and their printed form."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from domain.recognition import Rejection
from recognition.recognize.runtime.metrics import METRICS, batch_metrics, print_metrics
from recognition.results.runtime.result_cache import ResultCache
from tests.builders import image, recognition

CAT, DOG, COW = (image(image_id=f"img_{n:032x}") for n in range(3))
PAID = replace(recognition(), detector="rekognition")


def test_every_new_result_of_rekognition_is_a_call() -> None:
    outcomes = {CAT: PAID, DOG: replace(PAID, asked="cascade"), COW: recognition()}
    counted = batch_metrics(4, outcomes, Counter(RekognitionCallsSaved=1, StandIns=2), ResultCache(), throttled=1)
    assert counted == {
        "ImagesAsked": 4,
        "AnswersReused": 0,
        "RekognitionCalls": 2,
        "RekognitionCallsSaved": 1,
        "StandIns": 2,
        "Throttled": 1,
    }


def test_a_reused_result_is_no_call() -> None:
    cache = ResultCache()
    cache.reused[DOG, "rekognition"] = CAT.image_id
    counted = batch_metrics(2, {CAT: PAID, DOG: replace(PAID, asked="cascade")}, Counter(), cache)
    assert (counted["AnswersReused"], counted["RekognitionCalls"]) == (1, 1)


def test_a_rejection_is_no_call() -> None:
    assert batch_metrics(1, {CAT: Rejection("not_an_image", "No.")}, Counter(), ResultCache())["RekognitionCalls"] == 0


def test_metrics_are_printed_in_cloudwatch_s_format(capsys: pytest.CaptureFixture[str]) -> None:
    print_metrics(batch_metrics(3, {CAT: PAID}, Counter(), ResultCache()))
    (line,) = capsys.readouterr().out.splitlines()
    fields = json.loads(line)
    (directive,) = fields["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Sightline", [["FunctionName", "service"]])
    assert directive["Metrics"] == [{"Name": name, "Unit": "Count"} for name in METRICS]
    assert (fields["ImagesAsked"], fields["RekognitionCalls"], fields["RekognitionCallsSaved"]) == ([3], [1], [0])
    assert isinstance(fields["_aws"]["Timestamp"], int)
    assert set(fields) == {"_aws", "FunctionName", "service", *METRICS}
