"""cdk-nag judges every synthesis: what is not acknowledged fails it, and nothing is acknowledged for nothing."""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import aws_cdk as cdk
import pytest

from infrastructure import nag_suppressions
from infrastructure.nag_suppressions import Acknowledgement
from settings import Settings
from tests.stacks import LOCAL, assembly, composed

OPEN = {"stage": "blue", "auth": "none", "edge_package": "zip"}
OWN = {
    "detector": "edge",
    "rekognition": "false",
    "sign_up": "true",
    "daily_uploads": "50",
    "webhook_url": "https://example.com/hook",
}
BOTH = pytest.mark.parametrize("settings", [{}, LOCAL], ids=["account", "local"])
real = nag_suppressions.acknowledged


def judged(
    settings: dict[str, str], kept: Callable[[Acknowledgement], bool]
) -> tuple[set[tuple[str, str]], list[Acknowledgement]]:
    """What both packs find where only these are acknowledged, by rule and path; and what is acknowledged in truth."""
    known: list[Acknowledgement] = []

    def acknowledged(app: cdk.App, settings: Settings) -> list[Acknowledgement]:
        known.extend(real(app, settings))
        return [each for each in known if kept(each)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nag_suppressions, "acknowledged", acknowledged)
        app = composed(**settings)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    return found(Path(app.outdir)), known


def found(synthesis: Path) -> set[tuple[str, str]]:
    packs = json.loads((synthesis / "validation-report.json").read_text())["pluginReports"]
    violations = [each for pack in packs for each in pack["violations"]]
    return {(each["ruleName"], place["constructPath"]) for each in violations for place in each["violatingConstructs"]}


def covers(given: Acknowledgement, finding: tuple[str, str]) -> bool:
    rule, path = finding
    return given.rule == rule and fnmatchcase(path, given.where)


@BOTH
def test_every_finding_is_acknowledged_and_every_acknowledgement_meets_one(settings: dict[str, str]) -> None:
    findings, known = judged(settings, lambda each: False)
    assert len(findings) > 30
    assert not [finding for finding in findings if not any(covers(each, finding) for each in known)]
    assert not [each for each in known if not any(covers(each, finding) for finding in findings)]


def test_one_finding_that_is_not_acknowledged_fails_the_synthesis() -> None:
    health = "APIStack/GET --health/Resource"
    findings, _ = judged({}, lambda each: each.where != health)
    assert findings == {("AwsSolutions-APIG4", health)}


@pytest.mark.parametrize("settings", [{}, LOCAL, OPEN, OWN], ids=["account", "local", "open", "own"])
def test_a_deployer_meets_no_finding(settings: dict[str, str]) -> None:
    assert not found(assembly(**settings))
