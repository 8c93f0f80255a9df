"""The declaration of commands: their names, flags and help texts."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable

from sightline.client.client import Client

_MOST_PARALLEL = 16

Run = Callable[[Client, Namespace], int]
"""Carries out a command and returns its exit status."""


class Commands:
    """The commands below a parser; `program` is what a user types before their names."""

    def __init__(self, parser: ArgumentParser, program: str = "sightline") -> None:
        parser.set_defaults(run=None, print_help=parser.print_help)
        self._parsers = parser.add_subparsers(metavar="command")
        self._program = program

    def add(self, name: str, run: Run, about: str, example: str = "") -> ArgumentParser:
        """Add a command with the flags that all commands have; returns its parser, for more."""
        parser = self._parsers.add_parser(
            name, help=about, description=_sentence(about), epilog=f"example: {self._program} {name} {example}".rstrip()
        )
        return _with_flags(parser, run)

    def group(self, name: str, about: str, run: Run | None = None) -> "Commands":
        """Add a command that has commands of its own; without one of them it runs `run`, or prints its help."""
        parser = self._parsers.add_parser(name, help=about, description=_sentence(about))
        group = Commands(parser, f"{self._program} {name}")
        if run:
            _with_flags(parser, run)
        return group


def _with_flags(parser: ArgumentParser, run: Run) -> ArgumentParser:
    """Add the flags that all commands have."""
    parser.set_defaults(run=run, parallel=1, passes_on=False)
    parser.add_argument("--api", metavar="URL", help="base URL of the API (default: SIGHTLINE_API)")
    about = "access token, if the deployment has sign-in (better: sightline login, or SIGHTLINE_TOKEN)"
    parser.add_argument("--token", help=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, for programs")
    return parser


def add_pictures(parser: ArgumentParser, about: str) -> None:
    """Add the pictures to send, and how many to send at once."""
    parser.add_argument("pictures", nargs="+", metavar="picture", help=about)
    most = f"how many to send at once, up to {_MOST_PARALLEL} (default: 4)"
    parser.add_argument("--parallel", type=_parallel, default=4, help=most)


def add_image_ids(parser: ArgumentParser, *, required: bool = True) -> None:
    """Add the ids of images."""
    parser.add_argument("image_ids", nargs="+" if required else "*", metavar="image_id")


def add_detector(parser: ArgumentParser) -> None:
    """Add `--detector`."""
    about = "a detector, such as edge, rekognition, cascade or moderation (default: the deployment's)"
    parser.add_argument("--detector", help=about)


def add_model(parser: ArgumentParser) -> None:
    """Add `--model`."""
    parser.add_argument("--model", help="a name that sightline models lists, or name@version")


def add_top_k(parser: ArgumentParser) -> None:
    """Add `--top-k`."""
    parser.add_argument("--top-k", type=int, help="the most detections to show for an image")


def add_min_confidence(parser: ArgumentParser) -> None:
    """Add `--min-confidence` as a limit on the detections that are shown."""
    parser.add_argument("--min-confidence", type=float, help="the least confidence of a detection to show, 0–1")


def add_timeout(parser: ArgumentParser) -> None:
    """Add `--timeout`."""
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds to wait for outcomes (default: 300)")


def positive(text: str) -> int:
    """Read an integer of 1 or more; raises ArgumentTypeError."""
    if not (text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"{text!r} is not an integer of 1 or more")
    return int(text)


def _parallel(text: str) -> int:
    return min(positive(text), _MOST_PARALLEL)


def _sentence(about: str) -> str:
    return f"{about[0].upper()}{about[1:]}."
