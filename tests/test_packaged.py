"""Every handler starts from its bundle with nothing but the bundle and boto3 on the path."""

import subprocess
import sys

import pytest

from tests.benchmarks.start import ENVIRONMENT
from tests.packaged import python_path
from tests.stacks import resources


def handlers() -> list[str]:
    """Return the handlers of all functions of an account that are zips."""
    found = [function["Properties"].get("Handler") for _, function in resources("AWS::Lambda::Function")]
    return sorted(name for name in found if name)


@pytest.mark.parametrize("handler", handlers())
def test_a_handler_starts_from_its_bundle_alone(handler: str) -> None:
    module, function = handler.rsplit(".", 1)
    code = f"import {module}; assert callable({module}.{function}); print({module}.__file__)"
    path = python_path(module)
    completed = subprocess.run(
        [sys.executable, "-S", "-P", "-c", code],
        env=ENVIRONMENT | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    assert "/bundles/" in completed.stdout
