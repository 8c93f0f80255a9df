"""A unit as packaged for an account: its bundle with vendored packages, and the packages of the Lambda runtime."""

import os
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from infrastructure.runtimes import RUNTIMES, install
from settings import SettingsError
from tests.stacks import ROOT, assembly

RUNTIME_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html: boto3 and its dependencies."""

EDGE = ROOT / "edge_ml/requirements.txt"


def python_path(module: str) -> str:
    """Return a PYTHONPATH for `python -S` with only the module's bundle and boto3."""
    return os.pathsep.join((str(bundle(module)), str(_runtime())))


@cache
def vendored(requirements: Path, python: str) -> Path:
    """Return a folder with these packages, as a bundle for this Python holds them; raises SettingsError."""
    folder = Path(tempfile.mkdtemp(prefix="vendored-"))
    install(requirements, folder, python)
    return folder


@cache
def edge_zip(python: str) -> Path:
    """Return a folder with the content of the edge function's zip for this Python, without bytecode."""
    folder = Path(tempfile.mkdtemp(prefix="edge-"))
    shutil.copytree(vendored(EDGE, python), folder, dirs_exist_ok=True)
    left_out = shutil.ignore_patterns("__pycache__", "training", "onboarding")
    shutil.copytree(ROOT / "edge_ml", folder / "edge_ml", ignore=left_out)
    return folder


def edge_pythons() -> list[str]:
    """Return the Pythons of the runtimes for which the edge function's zip can be made."""
    return [python for python in RUNTIMES if _vendors(python)]


def interpreter(python: str) -> str | None:
    """Return the path of an interpreter of this Python on this machine, if there is one."""
    own = shutil.which(f"python{python}")
    others = map(str, Path.home().glob(f".pyenv/versions/{python}.*/bin/python"))
    for candidate in [own, *others] if own else others:
        asked = subprocess.run([candidate, "-VV"], capture_output=True, text=True, check=False)
        if asked.stdout.startswith(f"Python {python}."):
            return candidate
    return None


def _vendors(python: str) -> bool:
    try:
        return bool(vendored(EDGE, python))
    except SettingsError:
        return False


def bundle(module: str) -> Path:
    """Return the bundle of a handler's module; that of the timeline also holds a room of another unit."""
    file = Path(*module.split(".")).with_suffix(".py")
    bundles = [folder for folder in (assembly(vendor="true") / "bundles").iterdir() if (folder / file).exists()]
    choose = max if module.startswith("integration.timeline.") else min
    return choose(bundles, key=lambda folder: len(folder.name))


@cache
def _runtime() -> Path:
    place = Path(tempfile.mkdtemp(prefix="runtime-"))
    for name in RUNTIME_PACKAGES:
        spec = find_spec(name)
        assert spec, f"{name} is not installed"
        assert spec.origin
        source = Path(spec.origin)
        source = source.parent if source.name == "__init__.py" else source
        (place / source.name).symlink_to(source)
    return place
