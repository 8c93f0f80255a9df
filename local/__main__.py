"""`make run` and `make stop`: the commands."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from requests import RequestException

from local import cdk, deployment, function_logs, loopback
from local.cdk import ROOT, CDKError
from local.demo import steps, user
from local.demo.steps import DemoError
from local.deployment import Deployment
from local.emulator import process as emulator
from local.emulator.process import EmulatorError
from local.processes import detached
from local.processes.environment import forget_the_account

_DIRECTORY = ROOT / ".local"
_FAILURES = (EmulatorError, CDKError, DemoError, ClientError, BotoCoreError, RequestException, OSError)
_SERVERS = ("photos", "receiver")


def run(arguments: argparse.Namespace) -> None:
    """Deploy into the emulator that runs here, or into a new one, and put three photographs through."""
    directory = _DIRECTORY
    directory.mkdir(exist_ok=True)
    port = _emulator(directory, arguments.port, arguments.longest_wait)
    began = time.monotonic()
    _say("Deploying the three stacks with the CDK CLI …")
    deployed = deployment.deploy(directory, port, auth=arguments.auth, tell=lambda line: _say(f"  {line}"))
    _say(f"Deployed in {time.monotonic() - began:.0f} s.\n")
    try:
        _show(deployed, user.token(deployed))
    except DemoError as error:
        function_logs.save(deployed.client("logs"), detached.log_file(directory, "functions"))
        raise DemoError(f"{error}\nWhat the functions logged is in .local/logs/functions.log .") from error


def stop(arguments: argparse.Namespace) -> None:
    """End exactly what `run` started."""
    ended = [name for name in (*_SERVERS, emulator.NAME) if detached.end(_DIRECTORY, name)]
    (_DIRECTORY / "endpoints.json").unlink(missing_ok=True)
    _say(f"Ended: {', '.join(ended)}." if ended else "Nothing was running.")


def settings(arguments: argparse.Namespace) -> None:
    """Print the settings that `run` deploys with, as the CDK CLI takes them."""
    _say(" ".join(cdk.context(deployment.settings(emulator.PORT, auth="none"))))


def main() -> int:
    """Read the command, carry it out, and say in one sentence what kept it from succeeding."""
    arguments = _parser().parse_args()
    forget_the_account()
    try:
        arguments.command(arguments)
    except _FAILURES as error:
        died = "The emulator has died; make run starts a new one. " if emulator.left_behind(_DIRECTORY) else ""
        print(f"\n{error}\n{died}All logs are in .local/logs .", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What has started is still running; make stop ends it.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local")
    commands = parser.add_subparsers(required=True)

    def add(command: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        added = commands.add_parser(command.__name__, help=command.__doc__)
        added.set_defaults(command=command)
        return added

    running = add(run)
    running.add_argument("--auth", choices=("none", "cognito"), default="none")
    running.add_argument("--port", type=_port, help=f"the emulator's; {emulator.PORT} unless one is running")
    running.add_argument("--longest-wait", type=int, help="seconds that a message waits for its next try at most")
    add(stop)
    add(settings)
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port number")
    return int(text)


def _emulator(directory: Path, port: int | None, longest_wait: int | None) -> int:
    running = emulator.running(directory)
    if running and longest_wait is not None:
        raise EmulatorError(
            "How long messages wait is settled when it starts, and it is running. End it first: make stop"
        )
    if running and port not in (None, running.port):
        raise EmulatorError(f"It is running on port {running.port} already. End it first: make stop")
    if running:
        _say(f"The emulator is running on port {running.port}; deploying into it.")
        return running.port
    if emulator.left_behind(directory):
        _say("The emulator that ran here has died, and what it held with it; starting anew.")
        emulator.end(directory)
    hurry = {} if longest_wait is None else {"LONGEST_WAIT": str(longest_wait)}
    started = emulator.start(directory, port or emulator.PORT, hurry)
    _say(f"Started MiniStack, an emulator of AWS, on {emulator.url(started.port)} with IAM enforced.")
    return started.port


def _show(deployed: Deployment, token: str | None) -> None:
    photos, receiver = (loopback.adopt_or_start(deployed.directory, name) for name in _SERVERS)
    api = steps.Api(deployed.endpoints.api, token)
    steps.subscribe(api, receiver)
    _say("Uploading three photographs by URL and waiting for their webhooks …")
    sent = steps.upload(api, photos)
    steps.wait(api, receiver, sent)
    _say(f"\n{steps.table(sent)}\n")
    _say(_farewell(deployed, token, photos, sent[0].image_id))
    if problems := [photo.name for photo in sent if photo.problem]:
        raise DemoError(f"These should have been recognised: {', '.join(problems)}.")


def _farewell(deployed: Deployment, token: str | None, photos: str, image_id: str) -> str:
    base = deployed.endpoints.api
    signed = '-H "Authorization: Bearer $TOKEN" ' if token else ""
    lines = [
        f"It runs at {base}",
        *([f"Demo user {user.NAME}; an hour's token:", f"  TOKEN='{token}'"] if token else []),
        "Try:",
        f"  curl {signed}'{base}/images'",
        f"  curl {signed}'{base}/images/{image_id}'",
        f"  curl {signed}'{base}/?url={photos}/coffee.png&name=again.png'",
        f"  curl {signed}-H 'Content-Type: image/jpeg' --data-binary @your.jpg '{base}/images?name=your.jpg'",
        f"  curl {signed}'{base}/webhooks'",
        "End it with make stop. Its endpoints are in .local/endpoints.json, its logs in .local/logs .",
    ]
    return "\n".join(lines)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
