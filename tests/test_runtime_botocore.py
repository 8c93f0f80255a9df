"""The functions work with the oldest botocore that a runtime of Lambda may have, not only with the pinned one.

Their zips hold no botocore. Lambda updates that of a runtime now and then, and a function may stay on an old version of
its runtime: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html. python3.11 and python3.12 had 1.34.42 in
2024; those of today have a newer one.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.start import ENVIRONMENT
from tests.packaged import bundle
from tests.stacks import ROOT, resources

OLDEST = "1.34.42"
TESTS = (
    "tests/wire/aws/test_session.py",
    "tests/wire/aws/test_rows.py",
    "tests/api/ingest/test_handler.py",
    "tests/recognition/recognize/test_handler.py",
    "tests/recognition/detectors/test_rekognition.py",
    "tests/recognition/images",
    "tests/integration/deliver/test_handler.py",
    "tests/integration/deliveries/test_handler.py",
    "tests/integration/dispatch/test_handler.py",
    "tests/integration/subscriptions/test_handler.py",
    "tests/integration/timeline/test_handler.py",
)
"""Tests that call every service in use, through botocore, in the emulation of moto."""


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the oldest boto3 and its dependencies."""
    folder = tmp_path_factory.mktemp("botocore")
    packages = [f"boto3=={OLDEST}", f"botocore=={OLDEST}"]
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--target", str(folder)]
    subprocess.run([*command, *packages], check=True, stderr=subprocess.DEVNULL)
    return folder


def handlers() -> list[str]:
    """Return the modules of the handlers of an account that are in zips with the botocore of the runtime."""
    found = [function["Properties"].get("Handler") for _, function in resources("AWS::Lambda::Function")]
    return sorted(name.rpartition(".")[0] for name in found if name)


def test_every_handler_starts(oldest: Path) -> None:
    for module in handlers():
        code = f"import {module}, botocore; print(botocore.__version__)"
        path = os.pathsep.join((str(bundle(module)), str(oldest)))
        started = subprocess.run(
            [sys.executable, "-S", "-P", "-c", code],
            env=ENVIRONMENT | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (started.returncode, started.stdout.strip()) == (0, OLDEST), started.stderr


def test_the_functions_unit_tests_pass(oldest: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    passed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(oldest)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert passed.returncode == 0, passed.stdout[-3000:]
