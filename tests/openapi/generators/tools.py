"""Run the generators and linters; those of npm are installed beside this file by `make test`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
PYTHON_PACKAGE = "sightline_client"

installed = pytest.mark.skipif(not (MODULES / "typescript").is_dir(), reason="`make test` installs the npm packages")


def npm_tool(name: str, *arguments: str | Path, folder: Path) -> str:
    """Run an installed npm package in this folder; return its output."""
    return run(MODULES / ".bin" / name, *arguments, folder=folder)


def python_client(description: Path, folder: Path) -> str:
    """Generate a client by openapi-python-client as the package `sightline_client`; return its warnings."""
    config = folder / "openapi-python-client.json"
    config.write_text('{"post_hooks": []}')  # those of ruff spoil the types of __exit__
    arguments = ("--path", description, "--config", config, "--meta", "none", "--output-path", folder / PYTHON_PACKAGE)
    return run(_beside_python("openapi-python-client"), "generate", *arguments, folder=folder)


def check_python(folder: Path, *programs: str) -> None:
    """Check the generated package, and programs that use it, by mypy at its strictest."""
    arguments = ("--strict", "--config-file", os.devnull, "--no-incremental", PYTHON_PACKAGE, *programs)
    run(_beside_python("mypy"), *arguments, folder=folder)


def typescript_clients(description: Path, folder: Path) -> None:
    """Generate `openapi-typescript.ts` and the folder `hey-api`, beside the npm packages that they need."""
    for name in ("package.json", "tsconfig.json", "hey_api.mjs"):
        shutil.copy(HERE / name, folder / name)
    (folder / "node_modules").symlink_to(MODULES)
    npm_tool("openapi-typescript", description, "--output", folder / "openapi-typescript.ts", folder=folder)
    run(node(), "hey_api.mjs", description, folder / "hey-api", folder=folder)


def check_typescript(folder: Path) -> None:
    """Check every TypeScript file of the folder by tsc at its strictest."""
    npm_tool("tsc", "--project", folder / "tsconfig.json", folder=folder)


def node() -> Path:
    """Return the Node of the virtual environment, which runs TypeScript as it is."""
    return _beside_python("node")


def run(program: Path, *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a program in the folder; return its output, and fail with it if the program fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    finished = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path, "REDOCLY_TELEMETRY": "off"} | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert finished.returncode == 0, finished.stdout
    return finished.stdout


def _beside_python(name: str) -> Path:
    return Path(sys.executable).with_name(name)
