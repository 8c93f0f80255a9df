"""The emulator of AWS: MiniStack on the loopback interface, IAM enforced, state in memory."""

import shutil
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import requests

from local.processes import detached
from local.processes.environment import clean

ACCOUNT = "000000000000"
REGION = "us-east-1"
ROOT_KEY = "test"
"""The access key (and secret) that MiniStack takes for the account's root."""

NAME = "emulator"
_SERVER = Path(__file__).with_name("server.py")
PORT = 4566
_PATIENCE = 60.0


class EmulatorError(RuntimeError):
    """The emulator cannot be started or used; the text says why and what to do."""


def start(directory: Path, port: int, environment: Mapping[str, str] | None = None) -> detached.Process:
    """Start it and wait until it answers. What `environment` sets, the functions see too."""
    if not free(port):
        raise EmulatorError(f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}")
    scratch = directory.resolve() / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    process = detached.start(
        directory,
        NAME,
        [sys.executable, "-P", str(_SERVER)],
        port=port,
        cwd=scratch,
        environment=clean(_settings(port) | {"TMPDIR": str(scratch)} | dict(environment or {})),
    )
    _wait(directory, process)
    return process


def running(directory: Path) -> detached.Process | None:
    """The one that `start` left running here, if it lives and answers."""
    process = detached.running(directory, NAME)
    return process if process and _answers(process.port) else None


def left_behind(directory: Path) -> bool:
    """Whether one was started here that neither was ended nor answers: it died, and its state with it."""
    return detached.recorded(directory, NAME) is not None and running(directory) is None


def end(directory: Path) -> bool:
    """End it and the functions it runs; whether there was one."""
    return detached.end(directory, NAME)


def url(port: int) -> str:
    """Where it answers every AWS call."""
    return f"http://127.0.0.1:{port}"


def client(service: Any, port: int) -> Any:
    """A boto3 client of this service (its name) that is the account's root."""
    return boto3.client(
        service,
        endpoint_url=url(port),
        region_name=REGION,
        aws_access_key_id=ROOT_KEY,
        aws_secret_access_key=ROOT_KEY,
    )


def log_file(directory: Path) -> Path:
    """What it and the functions said."""
    return detached.log_file(directory, NAME)


def free(port: int) -> bool:
    """Whether nobody listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _settings(port: int) -> dict[str, str]:
    # The listeners for MQTT and SFTP sit on fixed ports, where two emulators would meet.
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


def _wait(directory: Path, process: detached.Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _answers(process.port):
        if not process.runs or time.monotonic() > deadline:
            end(directory)
            raise EmulatorError(f"The emulator did not come up; it said why in {log_file(directory)}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"{url(port)}/_ministack/ready", timeout=5).ok
    except requests.RequestException:
        return False
