"""cdk-nag checks every synthesis: a finding that is not suppressed fails it, and no suppression is without effect."""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import aws_cdk as cdk
import pytest

from infrastructure import nag_suppressions
from infrastructure.nag_suppressions import Suppression
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
real_suppressions = nag_suppressions.suppressions


def checked(
    settings: dict[str, str], keep: Callable[[Suppression], bool]
) -> tuple[set[tuple[str, str]], list[Suppression]]:
    """Synthesize with only the suppressions to keep; return the findings, as rule and path, and all suppressions."""
    declared: list[Suppression] = []

    def suppressions(app: cdk.App, settings: Settings) -> list[Suppression]:
        declared.extend(real_suppressions(app, settings))
        return [suppression for suppression in declared if keep(suppression)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nag_suppressions, "suppressions", suppressions)
        app = composed(**settings)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    return findings_of(Path(app.outdir)), declared


def findings_of(synthesis: Path) -> set[tuple[str, str]]:
    packs = json.loads((synthesis / "validation-report.json").read_text())["pluginReports"]
    violations = [violation for pack in packs for violation in pack["violations"]]
    return {
        (violation["ruleName"], construct["constructPath"])
        for violation in violations
        for construct in violation["violatingConstructs"]
    }


def covers(suppression: Suppression, finding: tuple[str, str]) -> bool:
    rule, path = finding
    return suppression.rule == rule and fnmatchcase(path, suppression.path)


@BOTH
def test_every_finding_is_suppressed_and_every_suppression_has_a_finding(settings: dict[str, str]) -> None:
    findings, declared = checked(settings, lambda suppression: False)
    assert len(findings) > 30
    assert not [finding for finding in findings if not any(covers(known, finding) for known in declared)]
    assert not [known for known in declared if not any(covers(known, finding) for finding in findings)]


def test_a_finding_that_is_not_suppressed_fails_the_synthesis() -> None:
    findings, _ = checked({}, lambda suppression: suppression.path != "APIStack/* --health/Resource")
    routes = ("APIStack/GET --health/Resource", "APIStack/HEAD --health/Resource")
    assert findings == {("AwsSolutions-APIG4", route) for route in routes}


@pytest.mark.parametrize("settings", [{}, LOCAL, OPEN, OWN], ids=["account", "local", "open", "own"])
def test_a_deployment_has_no_finding(settings: dict[str, str]) -> None:
    assert not findings_of(assembly(**settings))
