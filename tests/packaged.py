"""A unit as packaged for an account: its bundle with vendored packages, and the packages of the Lambda runtime."""

import os
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.stacks import assembly

RUNTIME_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html: boto3 and its dependencies."""


def python_path(module: str) -> str:
    """Return a PYTHONPATH for `python -S` with only the module's bundle and boto3."""
    return os.pathsep.join((str(_bundle(module)), str(_runtime())))


def _bundle(module: str) -> Path:
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
