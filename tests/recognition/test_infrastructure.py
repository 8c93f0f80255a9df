"""The promises of RekognitionStack; those of all stacks are in tests/test_promises.py."""

from typing import Any

from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.rekognition import RekognitionDetector
from settings import Settings
from tests.stacks import LOCAL, template

STACK = "RekognitionStack"
GATEWAY_SECONDS = 30
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""


def found(kind: str, **settings: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every resource of this type, by logical ID."""
    resources = template(STACK, **settings)["Resources"].items()
    return {name: resource["Properties"] for name, resource in resources if resource["Type"] == kind}


def function(name: str, **settings: str) -> dict[str, Any]:
    """Return the function of this construct ID."""
    functions = found("AWS::Lambda::Function", **settings).values()
    (one,) = [
        function for function in functions if function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name
    ]
    return one


def granted(name: str) -> list[tuple[str, Any]]:
    """Return the actions and resources that the function's role grants, without logs and traces."""
    (policy,) = [policy for key, policy in found("AWS::IAM::Policy").items() if key.startswith(f"{name}Role")]
    statements = [(grant["Action"], grant["Resource"]) for grant in policy["PolicyDocument"]["Statement"]]
    return [(action, on) for action, on in statements if not str(action).startswith(("logs:", "['logs:", "['xray:"))]


def test_classify_may_invoke_the_edge_function_and_nothing_else() -> None:
    ((action, on),) = granted("Classify")
    assert action == "lambda:InvokeFunction"
    assert on["Fn::GetAtt"][0].startswith("Edge")


def test_functions_that_a_caller_waits_for_end_before_the_gateway_s_timeout() -> None:
    for name in ("Classify", "Images", "Amend", "Erase", "Export"):
        assert function(name)["Timeout"] <= GATEWAY_SECONDS


def test_exports_expire_before_the_pictures_beside_them() -> None:
    (rules,) = [
        bucket["LifecycleConfiguration"]["Rules"]
        for name, bucket in found("AWS::S3::Bucket").items()
        if name.startswith("Derived")
    ]
    assert {rule.get("Prefix"): rule["ExpirationInDays"] for rule in rules} == {None: 30, "exports/": 1}


def test_erase_reads_no_picture_and_export_deletes_nothing() -> None:
    erase, export = (" ".join(str(action) for action, _ in granted(name)) for name in ("Erase", "Export"))
    assert "s3:GetObject" not in erase
    assert "Delete" not in export
    assert "BatchWrite" not in export


def test_the_threshold_of_the_cascade_is_a_setting() -> None:
    assert function("Recognize")["Environment"]["Variables"]["CASCADE_BELOW"] == "0.8"
    variables = function("Recognize", **LOCAL | {"cascade_below": "0.65"})["Environment"]["Variables"]
    assert variables["CASCADE_BELOW"] == "0.65"


def test_a_batch_leaves_time_for_both_detectors_in_turn() -> None:
    assert function("Edge")["Timeout"] <= EdgeDetector.max_seconds
    assert EdgeDetector.max_seconds + RekognitionDetector.max_seconds < function("Recognize")["Timeout"]


def test_the_cascade_can_be_the_default() -> None:
    names = function("Recognize", detector="cascade")["Environment"]["Variables"]["DETECTORS"]
    assert names.split(",") == list(Settings(detector="cascade").detectors)
