"""The pages whose commands are run as they are written, in a folder that looks like the user's checkout."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.deployment import Deployment
from local.processes.environment import clean
from tests.stacks import ROOT

_PHOTO = re.compile(r"^PHOTO=\S+", re.MULTILINE)


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of code in one language on a page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def with_photo(script: str, url: str) -> str:
    """Replace the photograph's URL, which differs from run to run."""
    replaced, count = _PHOTO.subn(f"PHOTO={url}", script)
    assert count == 1
    return replaced


def checkout(folder: Path, deployment: Deployment) -> Path:
    """Make the folder look like a checkout in which `make run` made the deployment."""
    targets = {
        ".local": Path(deployment.directory),
        ".venv": Path(sys.prefix),
        "edge_ml": ROOT / "edge_ml",
        "sightline": ROOT / "sightline",
    }
    for name, target in targets.items():
        (folder / name).symlink_to(target.resolve())
    return folder


def run(
    script: str, folder: Path, environment: Mapping[str, str] | None = None, options: str = "-euo"
) -> subprocess.CompletedProcess[str]:
    """Run a script in the folder; with the default options it ends at the first command that fails."""
    return subprocess.run(
        ["bash", options, "pipefail", "-c", script],
        cwd=folder,
        env=clean(environment or {}),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
