"""What RekognitionStack alone promises; what all stacks promise is in tests/test_promises.py."""

from typing import Any

from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.rekognition import RekognitionDetector
from tests.stacks import LOCAL, template

STACK = "RekognitionStack"
GATEWAY_SECONDS = 30
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""


def found(kind: str, **settings: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, by logical id."""
    every = template(STACK, **settings)["Resources"].items()
    return {name: each["Properties"] for name, each in every if each["Type"] == kind}


def function(name: str, **settings: str) -> dict[str, Any]:
    """The function of this construct id."""
    functions = found("AWS::Lambda::Function", **settings).values()
    (one,) = [each for each in functions if each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name]
    return one


def granted(name: str) -> list[tuple[str, Any]]:
    """What the function's role may do to what, save writing its logs and traces."""
    (policy,) = [each for key, each in found("AWS::IAM::Policy").items() if key.startswith(f"{name}Role")]
    statements = [(each["Action"], each["Resource"]) for each in policy["PolicyDocument"]["Statement"]]
    return [(action, on) for action, on in statements if not str(action).startswith(("logs:", "['logs:", "['xray:"))]


def test_the_function_that_answers_at_once_may_ask_the_edge_function_and_nothing_else() -> None:
    ((action, on),) = granted("Classify")
    assert action == "lambda:InvokeFunction"
    assert on["Fn::GetAtt"][0].startswith("Edge")


def test_what_a_caller_waits_for_ends_before_the_gateway_hangs_up() -> None:
    for name in ("Classify", "Images", "Amend", "Erase", "Export"):
        assert function(name)["Timeout"] <= GATEWAY_SECONDS


def test_exports_expire_before_the_pictures_beside_them() -> None:
    (rules,) = [
        each["LifecycleConfiguration"]["Rules"]
        for name, each in found("AWS::S3::Bucket").items()
        if name.startswith("Derived")
    ]
    assert {rule.get("Prefix"): rule["ExpirationInDays"] for rule in rules} == {None: 30, "exports/": 1}


def test_erasing_reads_no_picture_and_exporting_deletes_nothing() -> None:
    erase, export = (" ".join(str(action) for action, _ in granted(name)) for name in ("Erase", "Export"))
    assert "s3:GetObject" not in erase
    assert "Delete" not in export
    assert "BatchWrite" not in export


def test_the_cascade_is_told_its_threshold() -> None:
    assert function("Recognize")["Environment"]["Variables"]["CASCADE_BELOW"] == "0.8"
    told = function("Recognize", **LOCAL | {"cascade_below": "0.65"})["Environment"]["Variables"]
    assert told["CASCADE_BELOW"] == "0.65"


def test_a_batch_leaves_time_for_both_detectors_in_turn() -> None:
    assert function("Edge")["Timeout"] <= EdgeDetector.slowest
    assert EdgeDetector.slowest + RekognitionDetector.slowest < function("Recognize")["Timeout"]


def test_the_cascade_can_be_the_default() -> None:
    names = function("Recognize", detector="cascade")["Environment"]["Variables"]["DETECTORS"]
    assert names == "cascade,rekognition,edge"
