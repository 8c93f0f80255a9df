"""The commands behind `make run` and `make stop`."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from requests import RequestException

from local import cdk, deployment, function_logs
from local.cdk import ROOT, CDKError
from local.demo import run as demo
from local.demo import user
from local.demo.api import DemoError
from local.emulator import account
from local.emulator import process as emulator
from local.emulator.process import EmulatorError
from local.processes import detached
from local.processes.environment import forget_the_account
from sightline.client.access.account import DEMO_USER

_DIRECTORY = ROOT / ".local"
_FAILURES = (EmulatorError, CDKError, DemoError, ClientError, BotoCoreError, RequestException, OSError)


def run(arguments: argparse.Namespace) -> None:
    """Deploy into the emulator that runs here, or into a new one, and send three photographs through."""
    directory = _DIRECTORY
    directory.mkdir(exist_ok=True)
    port = _port_of_emulator(directory, arguments.port, arguments.longest_wait)
    began = time.monotonic()
    _print("Deploying the three stacks with the CDK CLI …")
    deployed = deployment.deploy(directory, port, auth=arguments.auth, report=lambda line: _print(f"  {line}"))
    _print(f"Deployed in {time.monotonic() - began:.0f} s.\n")
    try:
        demo.run(deployed, user.demo_token(deployed))
    except DemoError as error:
        function_logs.save(deployed.client("logs"), detached.log_file(directory, "functions"))
        raise DemoError(f"{error}\nThe logs of the functions are in .local/logs/functions.log .") from error


def stop(arguments: argparse.Namespace) -> None:
    """End the processes that `run` started, and no others."""
    ended = [name for name in (*demo.SERVERS, emulator.NAME) if detached.end(_DIRECTORY, name)]
    for file in ("endpoints.json", DEMO_USER):
        (_DIRECTORY / file).unlink(missing_ok=True)
    _print(f"Ended: {', '.join(ended)}." if ended else "Nothing was running.")


def settings(arguments: argparse.Namespace) -> None:
    """Print the settings that `run` deploys with, as arguments of the CDK CLI."""
    _print(" ".join(cdk.context(deployment.settings(emulator.PORT, auth="none"))))


def main() -> int:
    """Run the command and return its exit status; prints one sentence if it fails."""
    arguments = _parser().parse_args()
    forget_the_account()
    try:
        arguments.command(arguments)
    except _FAILURES as error:
        died = "The emulator has died; make run starts a new one. " if emulator.left_behind(_DIRECTORY) else ""
        print(f"\n{error}\n{died}All logs are in .local/logs .", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Started processes are still running; make stop ends them.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local")
    parser.set_defaults(command=lambda _arguments: parser.print_help())
    commands = parser.add_subparsers(metavar="command")

    def add(command: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        added = commands.add_parser(command.__name__, help=command.__doc__)
        added.set_defaults(command=command)
        return added

    run_parser = add(run)
    run_parser.add_argument("--auth", choices=("none", "cognito"), default="none", help="sign-in (default: none)")
    run_parser.add_argument("--port", type=_port, help=f"port of a new emulator (default: {emulator.PORT})")
    wait = "the most seconds that a message waits for its next receipt (default: as in AWS)"
    run_parser.add_argument("--longest-wait", type=int, help=wait)
    add(stop)
    add(settings)
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port number")
    return int(text)


def _port_of_emulator(directory: Path, port: int | None, longest_wait: int | None) -> int:
    """Return the port of the emulator that runs here, or of a new one; raises EmulatorError."""
    running = emulator.running(directory)
    if running and longest_wait is not None:
        raise EmulatorError("The longest wait is set when the emulator starts, and it is running. Run first: make stop")
    if running and port not in (None, running.port):
        raise EmulatorError(f"The emulator is running on port {running.port} already. Run first: make stop")
    if running:
        _print(f"The emulator is running on port {running.port}; deploying into it.")
        return running.port
    if emulator.left_behind(directory):
        _print("The emulator that ran here has died, and its state is lost; starting a new one.")
        emulator.end(directory)
    environment = {} if longest_wait is None else {"LONGEST_WAIT": str(longest_wait)}
    started = emulator.start(directory, port or emulator.PORT, environment)
    _print(f"Started MiniStack, an emulator of AWS, on {account.url(started.port)} with IAM enforced.")
    return started.port


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
