"""The servers behind `make run`: the emulator, and the stand-in for Rekognition that it passes calls on to."""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from local import loopback
from local.cdk import Report
from local.emulator import account
from local.emulator import process as emulator
from local.emulator.process import EmulatorError
from local.processes import detached
from local.processes.detached import Process
from sightline.client.access.account import DEMO_USER

REKOGNITION = "local.rekognition"
"""The module of the stand-in for Rekognition, which serves in a process of its own."""

_STAND_IN = "REKOGNITION_STAND_IN"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a user: the emulator's port, its longest wait in seconds, and whether it keeps its state.

    None means the default, or what the running emulator has.
    """

    port: int | None = None
    longest_wait: int | None = None
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Servers:
    """The port of the emulator, and the URL of the stand-in for Rekognition."""

    port: int
    rekognition: str

    def limit_calls(self, per_second: int | None) -> None:
        """Let the stand-in throttle calls beyond a number per second, and begin to count its calls."""
        limit = "" if per_second is None else str(per_second)
        requests.put(f"{self.rekognition}/limit", data=limit, timeout=10).raise_for_status()


def state(directory: Path) -> Path:
    """Return the folder in which an emulator keeps its state."""
    return directory / "state"


def adopt_or_start(directory: Path, options: Options, report: Report) -> Servers:
    """Return the servers that run here, or start them; raises EmulatorError where they run with other options."""
    running = emulator.running(directory)
    port = running.port if running else options.port or emulator.PORT
    if running:
        _check(directory, running, options)
    else:
        emulator.check_port(directory, port)
    rekognition = loopback.adopt_or_start(directory, REKOGNITION, {"EMULATOR_PORT": str(port)})
    if not running:
        _start(directory, port, options, _variables(directory, options, rekognition), report)
    elif not emulator.started_with(running, {_STAND_IN: rekognition}):
        raise EmulatorError("The running emulator knows of no stand-in for Rekognition. Run first: make stop")
    else:
        report(f"The emulator is running on port {port}; deploying into it.")
    return Servers(port, rekognition)


def _check(directory: Path, running: Process, options: Options) -> None:
    if options.longest_wait is not None:
        raise EmulatorError("The longest wait is set when the emulator starts, and it is running. Run first: make stop")
    if options.port not in (None, running.port):
        raise EmulatorError(f"The emulator is running on port {running.port} already. Run first: make stop")
    if options.keep and not emulator.started_with(running, emulator.kept_in(state(directory))):
        thrown_away = "make stop throws away what it stores"
        raise EmulatorError(f"The running emulator was started without KEEP=1: {thrown_away}. Run first: make stop")


def _variables(directory: Path, options: Options, rekognition: str) -> dict[str, str]:
    wait = {} if options.longest_wait is None else {"LONGEST_WAIT": str(options.longest_wait)}
    kept = emulator.kept_in(state(directory)) if options.keep else {}
    return {_STAND_IN: rekognition} | wait | kept


def _start(directory: Path, port: int, options: Options, variables: Mapping[str, str], report: Report) -> None:
    if emulator.left_behind(directory):
        report("The emulator that ran here has died, and what it had not saved is lost; starting a new one.")
        emulator.end(directory)
    kept = state(directory).exists()
    emulator.start(directory, port, variables)
    report(f"Started MiniStack, an emulator of AWS, on {account.url(port)} with IAM enforced.")
    report("Started a stand-in for Amazon Rekognition, which answers by the bundled models. It is not Amazon's.")
    if options.keep:
        report(f"{'Continuing with' if kept else 'Keeping'} images, models, webhooks and users in .local/state .")
    elif kept:
        report("Starting empty; what an earlier run kept in .local/state stays there. To continue with it: KEEP=1")


def stop(directory: Path, modules: Sequence[str]) -> str:
    """End the servers and the processes that serve these modules, and return what was ended and what became of data."""
    began, kept = time.time(), state(directory).exists()
    ended = [emulator.NAME] if emulator.end(directory) else []
    ended += [name for name in map(loopback.name_of, (REKOGNITION, *modules)) if detached.end(directory, name)]
    unrecorded = detached.end_unrecorded(directory)
    ended += [f"process {group}, whose record was deleted" for group in unrecorded]
    for file in ("endpoints.json", DEMO_USER):
        (directory / file).unlink(missing_ok=True)
    if not kept:  # what an emulator saves whose folder was deleted meanwhile is incomplete
        shutil.rmtree(state(directory), ignore_errors=True)
    fate = _fate_of_data(directory, began) if emulator.NAME in ended or unrecorded else ""
    return f"Ended: {'; '.join(ended)}.{fate}" if ended else "Nothing was running."


def _fate_of_data(directory: Path, began: float) -> str:
    """Say what became of the data of an emulator that ended since `began`, in seconds since 1970."""
    contents = "images, models, webhooks and users"
    if any(file.stat().st_mtime >= began for file in state(directory).glob("*.json")):
        return f"\nKept in .local/state: its {contents}. To continue with them: make run KEEP=1"
    return f"\nThrown away: its {contents}. To keep them over a stop, start with: make run KEEP=1"
