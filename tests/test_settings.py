"""Settings: read from the CDK context, refused with a sentence."""

import json
from pathlib import Path

import pytest

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
    assert Settings(detector="edge").detectors == ("edge", "rekognition")
    assert Settings().detectors == ("rekognition", "edge")


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
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_context({name: value}.get)
