"""Clients that others' generators make of the deployed API's description: they compile strictly, and they work."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests

from local.demo import user
from tests.openapi.generators import tools
from tests.pipeline.chain import Chain

PROGRAMS = Path(__file__).parent / "programs"
RECEIVER = "https://example.com/sightline"

pytestmark = tools.installed


@pytest.fixture(scope="module")
def folder(ann: Chain, cat: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the description, a picture, and the programs that use the clients."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "openapi.json").write_bytes(
        requests.get(f"{ann.deployment.endpoints.api}/openapi.json", timeout=60).content
    )
    (folder / "cat.jpg").write_bytes(cat)
    for program in PROGRAMS.glob("*.[pt][ys]"):
        shutil.copy(program, folder)
    return folder


@pytest.fixture(scope="module")
def typescript(folder: Path) -> Path:
    """The folder with the TypeScript clients, which compile with the programs that use them."""
    tools.typescript_clients(folder / "openapi.json", folder)
    tools.check_typescript(folder)
    return folder


def arguments(ann: Chain, name: str) -> Sequence[str]:
    """Return the arguments of a program: the API, the token of a new user, a picture, its URL, a receiver."""
    token = str(user.token(ann.deployment, f"{name}@example.com"))
    return (ann.deployment.endpoints.api, token, "cat.jpg", f"{ann.photos}/cat.png", RECEIVER)


def test_the_client_of_openapi_python_client_works(ann: Chain, folder: Path) -> None:
    tools.python_client(folder / "openapi.json", folder)
    program = "use_python_client.py"
    tools.check_python(folder, program)
    tools.run(Path(sys.executable), program, *arguments(ann, "python-client"), folder=folder)


@pytest.mark.parametrize("generator", ["openapi_typescript", "hey_api"])
def test_the_typescript_client_works(ann: Chain, typescript: Path, generator: str) -> None:
    program = f"use_{generator}.ts"
    tools.run(tools.node(), program, *arguments(ann, generator.replace("_", "-")), folder=typescript)
