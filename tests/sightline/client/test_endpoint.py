import json
from pathlib import Path

import pytest

from sightline.__main__ import main
from sightline.client.endpoint import Endpoint, EndpointError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which make run has started a deployment; we are further down."""
    (tmp_path / ".local").mkdir()
    (tmp_path / "further/down").mkdir(parents=True)
    (tmp_path / ".local/endpoints.json").write_text(json.dumps({"api": "http://127.0.0.1:4566/api"}))
    monkeypatch.chdir(tmp_path / "further/down")
    return tmp_path


def test_the_deployment_on_this_machine_is_found_by_itself(checkout: Path) -> None:
    assert Endpoint.find(None, None, {}) == Endpoint("http://127.0.0.1:4566/api", None)


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(checkout: Path) -> None:
    there = {"SIGHTLINE_API": "https://there.example/", "SIGHTLINE_TOKEN": "t\n"}
    assert Endpoint.find(None, None, there) == Endpoint("https://there.example", "t")
    assert Endpoint.find("https://here.example", "u", there) == Endpoint("https://here.example", "u")


@pytest.mark.parametrize("url", ["ftp://example.com", "example.com", "https://", "http:///images"])
def test_what_is_no_api_is_refused(url: str) -> None:
    with pytest.raises(EndpointError, match="no http"):
        Endpoint.find(url, None, {})


def test_a_token_does_not_leave_this_machine_in_the_clear() -> None:
    with pytest.raises(EndpointError, match="https only"):
        Endpoint.find("http://example.com", "t", {})
    assert Endpoint.find("http://127.0.0.1:4566", "t", {}).token == "t"


def test_a_token_of_other_characters_is_refused() -> None:
    with pytest.raises(EndpointError, match="copy it anew"):
        Endpoint.find("https://example.com", "two\nlines", {})


def test_a_file_that_cannot_be_read_is_named(checkout: Path) -> None:
    (checkout / ".local/endpoints.json").write_text("[]")
    with pytest.raises(EndpointError, match=r"endpoints\.json"):
        Endpoint.find(None, None, {})


def test_without_any_the_program_says_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIGHTLINE_API", raising=False)
    assert main(["list"]) == 2
    assert "--api" in capsys.readouterr().err
