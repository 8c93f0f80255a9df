"""The process of the emulator: MiniStack on the loopback interface, with IAM enforced.

Its state is in memory, and in files after its end if it was started with the variables of `kept_in`.
"""

import shutil
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import requests

from local.emulator import account
from local.processes import detached, owners
from local.processes.detached import Command, Process
from local.processes.environment import clean

NAME = "emulator"
PORT = 4566
_SERVER = Path(__file__).with_name("server.py")
_PATIENCE = 60.0
_SAVED_WITHIN = 30.0
"""Seconds that the emulator has to save its state."""


class EmulatorError(RuntimeError):
    """The emulator cannot be started or used; the text gives the reason and what to do."""


def start(directory: Path, port: int, environment: Mapping[str, str] | None = None) -> Process:
    """Start the emulator and wait until it responds; raises EmulatorError.

    Functions see the variables of `environment`, too.
    """
    check_port(directory, port)
    scratch = directory.resolve() / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    variables = clean(_settings(port) | {"TMPDIR": str(scratch)} | dict(environment or {}))
    command = Command((sys.executable, "-P", str(_SERVER)), scratch, variables)
    process = detached.start(directory, NAME, command, port=port)
    _wait(directory, process)
    return process


def check_port(directory: Path, port: int) -> None:
    """Raise EmulatorError, which names the process, if one listens on this port."""
    if not free(port):
        raise EmulatorError(_taken(directory, port))


def running(directory: Path) -> Process | None:
    """Return the emulator that was started here if it is alive and responds."""
    process = detached.running(directory, NAME)
    return process if process and _responds(process.port) else None


def left_behind(directory: Path) -> bool:
    """Return True if an emulator was started here that was not ended and does not respond: its state is lost."""
    return detached.recorded(directory, NAME) is not None and running(directory) is None


def end(directory: Path) -> bool:
    """End the emulator and the functions that it runs; returns True if it was alive."""
    return detached.end(directory, NAME, patience=_SAVED_WITHIN)


def kept_in(folder: Path) -> dict[str, str]:
    """Return the variables of an emulator that saves its state in a folder at its end, and continues with it."""
    state = folder.resolve()
    return {"PERSIST_STATE": "1", "STATE_DIR": str(state), "S3_PERSIST": "1", "S3_DATA_DIR": str(state / "s3")}


def started_with(process: Process, variables: Mapping[str, str]) -> bool:
    """Return True if the emulator was started with these variables."""
    return all(owners.variable(process.pid, name) == value for name, value in variables.items())


def log_file(directory: Path) -> Path:
    """Return the file with the output of the emulator and the functions."""
    return detached.log_file(directory, NAME)


def free(port: int) -> bool:
    """Return True if no process listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _taken(directory: Path, port: int) -> str:
    """Say who holds a port, and what to do."""
    another = f"Choose another: make run PORT={port + 1}"
    if (holder := owners.listener(port)) is None:
        return f"Port {port} is taken by a process of another user. {another}"
    if owners.was_started_in(holder, directory):
        gone = "which make run started here; its record in .local was deleted"
        return f"Port {port} is taken by process {holder.pid}, {gone}. End it: make stop"
    return f"Port {port} is taken by process {holder.pid} ({holder.name()}). {another}"


def _settings(port: int) -> dict[str, str]:
    # The listeners for MQTT and SFTP use fixed ports, so a second emulator could not start.
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


def _wait(directory: Path, process: Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _responds(process.port):
        if not process.runs or time.monotonic() > deadline:
            end(directory)
            raise EmulatorError(f"The emulator did not start; the reason is in {log_file(directory)}")
        time.sleep(0.1)


def _responds(port: int) -> bool:
    try:
        return requests.get(f"{account.url(port)}/_ministack/ready", timeout=5).ok
    except requests.RequestException:
        return False
