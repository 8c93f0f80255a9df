"""The image of the Dockerfile without Docker: its COPY lines are carried out, its packages go into a venv."""

import contextlib
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONTEXT = ROOT / "edge_ml"
RUNTIME_CLIENT = "awslambdaric==4.2.2"  # the version in the base image


def instructions(name: str) -> list[str]:
    """Return the Dockerfile's instructions of that name, with continued lines joined."""
    lines = (CONTEXT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return [line.split(None, 1)[1] for line in lines if line.split(None, 1)[:1] == [name]]


def handler() -> str:
    (command,) = instructions("CMD")
    (name,) = json.loads(command)
    return str(name)


def stage(task_root: Path) -> None:
    """Copy into `task_root` the files that the Dockerfile copies and .dockerignore does not exclude."""
    ignored = [line.rsplit("/", 1)[-1] for line in (CONTEXT / ".dockerignore").read_text().split()]
    for line in instructions("COPY"):
        *sources, target = line.split()
        copied = task_root / target.removeprefix("${LAMBDA_TASK_ROOT}/")
        for source in (path for pattern in sources for path in CONTEXT.glob(pattern)):
            _copy(source, copied / source.name if target.endswith("/") else copied, ignored)


def venv(requirements: Path) -> Path:
    """Return the interpreter of a venv with these requirements and the runtime client, without pip.

    The venv is cached under .local/ by the hash of its content, as it takes a minute to make.
    """
    wanted = f"{sys.version}\n{RUNTIME_CLIENT}\n{requirements.read_text()}"
    kept = ROOT / ".local" / f"edge-venv-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    if not kept.is_dir():
        _make(kept, requirements)
    return kept / "bin/python"


def _make(kept: Path, requirements: Path) -> None:
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="edge-venv-", ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", made / "bin/python", "install", "--quiet",
             "--disable-pip-version-check", "--only-binary=:all:", "-r", requirements, RUNTIME_CLIENT],
            check=True,
        )  # fmt: skip
        with contextlib.suppress(OSError):  # another run was faster
            made.rename(kept)


def _copy(source: Path, target: Path, ignored: list[str]) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*ignored))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
