"""Settings: declared completely, read from the CDK context, refused with a sentence."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from domain.detectors import DETECTORS
from setting_kinds import FLAG, TEXT, whole_number
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
        ("", TEXT, "", ValueError),
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
        "    @classmethod\n", '    stage: str = setting("", TEXT, "declared again")\n\n    @classmethod\n', 1
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


def test_the_alarm_email_is_an_address_or_empty() -> None:
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
        ("from_email", "hello"),
        ("from_email", "Hello <hello@example.com>"),
        ("monthly_budget", "plenty"),
    ],
)
def test_an_invalid_value_is_refused_with_the_name_of_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_context({name: value}.get)
