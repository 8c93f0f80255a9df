import json
from pathlib import Path

import pytest

from sightline.__main__ import main
from sightline.client.access.endpoint import Endpoint
from sightline.client.problem import EndpointError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which make run started a deployment; the current folder is below it."""
    (tmp_path / ".local").mkdir()
    (tmp_path / "further/down").mkdir(parents=True)
    (tmp_path / ".local/endpoints.json").write_text(json.dumps({"api": "http://127.0.0.1:4566/api"}))
    monkeypatch.chdir(tmp_path / "further/down")
    return tmp_path


def test_the_deployment_on_this_machine_is_found_without_a_url(checkout: Path) -> None:
    found = Endpoint.find(None, None, {})
    assert (found.url, found.token) == ("http://127.0.0.1:4566/api", None)
    assert found.running
    assert found.running.folder == checkout / ".local"


def test_the_deployment_on_this_machine_may_be_named(checkout: Path) -> None:
    assert Endpoint.find("http://127.0.0.1:4566/api/", None, {}).running
    assert not Endpoint.find("http://127.0.0.1:4567/api", None, {}).running


def test_the_command_line_precedes_the_environment_and_the_environment_precedes_the_file(
    checkout: Path,
) -> None:
    environment = {"SIGHTLINE_API": "https://there.example/", "SIGHTLINE_TOKEN": "t\n"}
    assert Endpoint.find(None, None, environment) == Endpoint("https://there.example", "t")
    assert Endpoint.find("https://here.example", "u", environment) == Endpoint("https://here.example", "u")


@pytest.mark.parametrize("url", ["ftp://example.com", "example.com", "https://", "http:///images"])
def test_a_url_that_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(EndpointError, match="no http"):
        Endpoint.find(url, None, {})


def test_a_token_is_not_sent_to_another_machine_without_tls() -> None:
    with pytest.raises(EndpointError, match="https only"):
        Endpoint.find("http://example.com", "t", {})
    assert Endpoint.find("http://127.0.0.1:4566", "t", {}).token == "t"


def test_a_token_with_a_line_break_is_refused() -> None:
    with pytest.raises(EndpointError, match="copy it again"):
        Endpoint.find("https://example.com", "two\nlines", {})


def test_an_unreadable_file_is_named(checkout: Path) -> None:
    (checkout / ".local/endpoints.json").write_text("[]")
    with pytest.raises(EndpointError, match=r"endpoints\.json"):
        Endpoint.find(None, None, {})


def test_without_a_deployment_the_program_says_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIGHTLINE_API", raising=False)
    assert main(["list"]) == 2
    assert "--api" in capsys.readouterr().err
