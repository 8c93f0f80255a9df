"""What others make of the description: linters, and generators whose clients must compile strictly.

tests/pipeline/openapi uses the clients.
"""

import json
import re
from pathlib import Path

import pytest

from domain.detectors import DETECTORS
from openapi.document import document
from openapi.rooms import rooms
from tests.openapi.generators import tools

SETTINGS = {
    "account": {"auth": "cognito", "detectors": tuple(DETECTORS)},
    "one-detector": {"auth": "cognito", "detectors": ("edge",)},
    "open": {"auth": "none", "detectors": tuple(DETECTORS)},
    "local": {"auth": "none", "detectors": ("edge", "cascade")},
}
UNSUPPORTED = ("image/*", "(Unsupported content_type */*)", "(Unsupported content_type image/jpeg)")
"""The content types that openapi-python-client does not know. Its clients send a picture as octet-stream."""

pytestmark = tools.installed


@pytest.fixture(scope="module")
def descriptions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The descriptions of deployments with different settings, as files."""
    folder = tmp_path_factory.mktemp("descriptions")
    files = {name: folder / f"{name}.json" for name in SETTINGS}
    for name, file in files.items():
        file.write_text(json.dumps(document(rooms(), **SETTINGS[name])))  # type: ignore[arg-type]
    return files


def test_redocly_has_no_error_and_no_warning(descriptions: dict[str, Path], tmp_path: Path) -> None:
    tools.npm_tool("redocly", "lint", "--extends", "recommended-strict", *descriptions.values(), folder=tmp_path)


def test_spectral_has_no_error_no_warning_and_no_hint(descriptions: dict[str, Path], tmp_path: Path) -> None:
    arguments = ("lint", "--fail-severity", "hint", "--ruleset", tools.HERE / "spectral.json")
    tools.npm_tool("spectral", *arguments, *descriptions.values(), folder=tmp_path)


def test_the_python_client_compiles_and_lacks_no_response(descriptions: dict[str, Path], tmp_path: Path) -> None:
    warnings = tools.python_client(descriptions["open"], tmp_path)
    lacking = [line for line in warnings.splitlines() if re.search("unsupported|cannot|unable", line, re.IGNORECASE)]
    assert not [line for line in lacking if not any(known in line for known in UNSUPPORTED)], warnings
    tools.check_python(tmp_path)


@pytest.mark.parametrize("name", ["open", "account"])
def test_the_typescript_clients_compile(descriptions: dict[str, Path], name: str, tmp_path: Path) -> None:
    tools.typescript_clients(descriptions[name], tmp_path)
    tools.check_typescript(tmp_path)
