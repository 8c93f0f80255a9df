"""Lines of text for people, without characters that could control the terminal."""

import sys
from unicodedata import category

from sightline.client.problem import Problem

_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")


def prepare_streams() -> None:
    """Have the output streams escape characters that their encoding lacks, instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def print_line(text: str = "") -> None:
    """Print one line to stdout."""
    print(printable(text), flush=True)


def print_problem(subject: str, problem: Problem) -> None:
    """Print the problem with the subject to stderr."""
    print(printable(f"{subject}: {problem}"), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Replace control characters, which could control the terminal: names and labels come from strangers."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if category(character) in _UNPRINTABLE else character for character in text
    )
