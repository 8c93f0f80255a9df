"""The commands behind `make run` and `make stop`."""

import argparse
import sys
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError
from requests import RequestException

from domain.detectors import DETECTORS
from local import cdk, deployment, function_logs, servers
from local.cdk import ROOT, CDKError
from local.demo import run as demo
from local.demo import user
from local.demo.api import DemoError
from local.emulator import process as emulator
from local.emulator.process import EmulatorError
from local.processes import detached
from local.processes.environment import forget_the_account
from local.servers import Options

_DIRECTORY = ROOT / ".local"
_DETECTOR = "edge"
_FAILURES = (EmulatorError, CDKError, DemoError, ClientError, BotoCoreError, RequestException, OSError)


def run(arguments: argparse.Namespace) -> None:
    """Deploy into the emulator that runs here, or into a new one, and send three photographs through."""
    directory = _DIRECTORY
    directory.mkdir(exist_ok=True)
    options = Options(arguments.port, arguments.longest_wait, arguments.keep)
    running = servers.adopt_or_start(directory, options, _print)
    running.limit_calls(arguments.rekognition_tps)
    began = time.monotonic()
    _print("Deploying the three stacks with the CDK CLI …")
    context = deployment.with_rekognition(arguments.detector)
    deployed = deployment.deploy(
        directory, running.port, auth=arguments.auth, context=context, report=lambda line: _print(f"  {line}")
    )
    _print(f"Deployed in {time.monotonic() - began:.0f} s.\n")
    try:
        demo.run(deployed, user.demo_token(deployed), running.rekognition)
    except DemoError as error:
        function_logs.save(deployed.client("logs"), detached.log_file(directory, "functions"))
        raise DemoError(f"{error}\nThe logs of the functions are in .local/logs/functions.log .") from error


def stop(arguments: argparse.Namespace) -> None:
    """End the processes that `run` started, and no others, and say what becomes of the data."""
    _print(servers.stop(_DIRECTORY, demo.SERVERS))


def settings(arguments: argparse.Namespace) -> None:
    """Print the settings that `run` deploys with, as arguments of the CDK CLI."""
    by_default = deployment.settings(emulator.PORT, auth="none") | deployment.with_rekognition(_DETECTOR)
    _print(" ".join(cdk.context(by_default)))


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
    run_parser.add_argument(
        "--detector", choices=DETECTORS, default=_DETECTOR, help="the default detector (%(default)s)"
    )
    throttled = "calls per second beyond which the stand-in for Rekognition throttles (default: no limit)"
    run_parser.add_argument("--rekognition-tps", type=_positive, help=throttled)
    run_parser.add_argument("--keep", action="store_true", help="keep the data over a stop, in .local/state")
    add(stop)
    add(settings)
    return parser


def _positive(text: str) -> int:
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port number")
    return int(text)


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
