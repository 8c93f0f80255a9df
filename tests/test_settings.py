"""Settings: declared completely, read from the CDK context, refused with a sentence."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app import advice
from domain.detectors import DETECTORS
from setting_kinds import FLAG, URL, whole_number
from settings import Settings, SettingsError, setting, settings_table

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/settings.md"


def test_cdk_json_repeats_no_setting() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert not {field.name for field in fields(Settings)} & set(context)


def test_the_settings_page_has_the_table_of_the_declarations() -> None:
    assert settings_table() in PAGE.read_text(), "replace the table by that of: python -m settings"


@pytest.mark.parametrize(
    ("default", "kind", "sentence", "error"),
    [
        ("", "text", "a sentence", TypeError),
        ("", URL, "", ValueError),
        ("maybe", FLAG, "a sentence", ValueError),
        (0, whole_number(1, 5), "a sentence", ValueError),
    ],
    ids=["unknown kind", "no sentence", "default of another kind", "default out of range"],
)
def test_an_incomplete_declaration_is_an_error(default: Any, kind: Any, sentence: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        setting(default, kind, sentence)


def test_a_setting_that_is_declared_twice_fails_the_import() -> None:
    source = (ROOT / "settings.py").read_text()
    again = source.replace(
        "    @classmethod\n", '    stage: str = setting("", STACK_PREFIX, "declared again")\n\n    @classmethod\n', 1
    )
    assert again != source
    with pytest.raises(TypeError, match="declared twice"):
        exec(compile(again, "settings_again.py", "exec"), {"__name__": "settings_again"})


def test_the_command_line_s_strings_become_values() -> None:
    given = {
        "loopback": "true",
        "concurrency": "3",
        "tags": "team=vision,cost=7",
        "rekognition": "false",
        "detector": "edge",
    }
    settings = Settings.from_context(given)
    assert (settings.loopback, settings.concurrency, settings.tags) == (True, 3, {"team": "vision", "cost": "7"})
    assert settings.detectors == ("edge",)


def test_the_default_detector_comes_first() -> None:
    for default in DETECTORS:
        others = [name for name in DETECTORS if name != default]
        assert Settings(detector=default).detectors == (default, *others)
    assert Settings().detectors == tuple(DETECTORS)


def test_a_default_that_needs_rekognition_is_refused_without_it() -> None:
    for detector in ("rekognition", "cascade"):
        with pytest.raises(SettingsError, match=f"detector={detector} needs rekognition=true"):
            Settings.from_context({"detector": detector, "rekognition": "false"})


def test_the_cascade_s_threshold_is_a_confidence() -> None:
    assert Settings.from_context({"cascade_below": "0.65"}).cascade_below == 0.65


def test_the_alarm_email_is_an_address_or_empty() -> None:
    assert Settings.from_context({"alarm_email": ""}).alarm_email == ""
    assert Settings.from_context({"alarm_email": "ops@example.com"}).alarm_email == "ops@example.com"


INVALID_TEXTS: dict[str, list[object]] = {
    "stage": ["9", "-blue", "blue_green", "a b", "a/b", "blue\n", "bläu", "x" * 112, 7],
    "webhook_url": ["example.com", "ftp://a.example/", "https://", "https://a b/", "https://me@a.example/", 7, []],
    "public_url": ["api.example.com", "https://a.example/", "https://a.example?x=1", "https://a.example:0"],
    "tags": [
        "team",
        "=x",
        "team=a,cost",
        "aws:team=x",
        "co*st=x",
        "t=" + "x" * 257,
        "a=1,a=2",
        {"team": 7},
        ["team"],
        7,
    ],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auth", "maybe"),
        ("detector", "psychic"),
        ("edge_package", "rpm"),
        ("loopback", "perhaps"),
        ("concurrency", "1"),
        ("concurrency", "many"),
        ("rekognition", "false"),
        ("rekognition_tps", "4"),
        ("sign_up", "perhaps"),
        ("daily_uploads", "-1"),
        ("daily_uploads", "1.5"),
        ("daily_spend", "-0.1"),
        ("daily_spend", "nan"),
        ("cascade_below", "1.5"),
        ("cascade_below", "nan"),
        ("cascade_below", "high"),
        ("alarm_email", "ops"),
        ("alarm_email", "ops@example.com, dev@example.com"),
        ("alarm_spend", "-1"),
        ("from_email", "hello"),
        ("from_email", "Hello <hello@example.com>"),
        ("monthly_budget", "plenty"),
        ("monthly_budget", "1e3"),
        ("daily_uploads", "１"),
        ("cascade_below", "0_5"),
        *((name, value) for name, values in INVALID_TEXTS.items() for value in values),
    ],
)
def test_an_invalid_value_is_refused_with_the_name_of_the_setting(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_context({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "blue-2"),
        ("stage", "x" * 111),
        ("webhook_url", "https://example.com/all?key=1"),
        ("public_url", "http://127.0.0.1:4566/_aws/execute-api/sightline"),
        ("public_url", "https://api.example.com"),
    ],
)
def test_a_valid_text_is_taken_as_it_is(name: str, value: str) -> None:
    assert getattr(Settings.from_context({name: value}), name) == value


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("conurrency", "concurrency"),
        ("concurrncy", "concurrency"),
        ("Concurrency", "concurrency"),
        ("concurrency ", "concurrency"),
        ("concurrency:", "concurrency"),
        ("webhook-url", "webhook_url"),
        ("webhookUrl", "webhook_url"),
        ("WEBHOOK", "webhook_url"),
        ("edgepackage", "edge_package"),
        ("dailyuploads", "daily_uploads"),
        ("tag", "tags"),
        ("signup", "sign_up"),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest_name(given: str, named: str) -> None:
    with pytest.raises(SettingsError, match=f"Did you mean {named}?"):
        Settings.from_context({given: "3"})


@pytest.mark.parametrize("given", ["quantum", "", "settings", "aws", "account=1"])
def test_an_unknown_setting_without_a_near_name_is_refused_with_all_names(given: str) -> None:
    with pytest.raises(SettingsError, match="is not a setting"):
        Settings.from_context({given: "3"})


def test_what_the_cdk_keeps_in_its_context_is_no_setting() -> None:
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    kept = {
        "aws:cdk:bundling-stacks": [],
        "aws:cdk:enable-path-metadata": True,
        "aws-cdk:enableDiffNoFail": True,
        "@aws-cdk-containers/ecs-service-extensions:enableDefaultLogDriver": True,
        "availability-zones:account=123456789012:region=us-east-1": ["us-east-1a"],
        "vpc-provider:account=1:filter.isDefault=true:region=us-east-1:returnAsymmetricSubnets=true": {},
        "ssm:account=1:parameterName=/x:region=us-east-1": "v",
        "acknowledged-issue-numbers": [1],
        "cli-telemetry": False,
    }
    assert Settings.from_context(flags | kept) == Settings()


@pytest.mark.parametrize("name", Settings.__dataclass_fields__)
def test_every_kind_has_examples_that_are_valid(name: str) -> None:
    kind = Settings.__dataclass_fields__[name].metadata["kind"]
    assert len(set(kind.examples)) > 1
    assert all(kind.read(example) is not None for example in kind.examples)


@pytest.mark.parametrize(
    ("given", "workers"),
    [({}, 40), ({"concurrency": "2"}, 8), ({"concurrency": "100"}, 325), ({"loopback": "true"}, None)],
)
def test_a_deployer_is_told_how_many_functions_the_queues_may_run(given: dict[str, str], workers: int | None) -> None:
    line = advice(Settings.from_context(given))
    told = workers is not None and workers + 2 > 10
    assert bool(line) == told
    assert not told or (f"may run {workers} functions at once" in line and "-c concurrency=2" in line)
