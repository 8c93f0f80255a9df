"""Settings: read from the CDK context, refused with a sentence."""

import json
from pathlib import Path

import pytest

from domain.detectors import DETECTORS
from settings import Settings, SettingsError


def test_cdk_json_holds_the_defaults_of_an_account() -> None:
    context = json.loads((Path(__file__).parent.parent / "cdk.json").read_text())["context"]
    assert Settings.from_context(context.get) == Settings()


def test_the_command_line_s_strings_become_values() -> None:
    given = {
        "loopback": "true",
        "concurrency": "3",
        "tags": "team=vision,cost=7",
        "rekognition": "false",
        "detector": "edge",
    }
    settings = Settings.from_context(given.get)
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
            Settings.from_context({"detector": detector, "rekognition": "false"}.get)


def test_the_cascade_s_threshold_is_a_confidence() -> None:
    assert Settings.from_context({"cascade_below": "0.65"}.get).cascade_below == 0.65


def test_who_is_told_of_alarms_is_an_address_or_nobody() -> None:
    assert Settings.from_context({"alarm_email": ""}.get).alarm_email == ""
    assert Settings.from_context({"alarm_email": "ops@example.com"}.get).alarm_email == "ops@example.com"


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
        ("monthly_budget", "plenty"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_context({name: value}.get)
