"""What a command shows: tables for people, one JSON object a line for machines."""

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from unicodedata import category

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sightline.client.problem import Problem

_WIDTH = 10_000
"""Rows are never folded: ids and names stay whole, to be copied and to be searched for."""

_UNSHOWN = ("Cc", "Cs", "Zl", "Zp")

_AS_IT_IS = {"utf-8", "utf8"}


def prepare_streams() -> None:
    """Let no name that the terminal cannot show end the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ("confidence",)) -> None:
    """Print rows, without the columns that are empty throughout; those of `numbers` end alike."""
    kept = [column for column in range(len(headings)) if any(row[column] for row in rows)]
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in kept:
        made.add_column(headings[column], justify="right" if headings[column] in numbers else "left")
    for row in rows:
        made.add_row(*(Text(plain(row[column])) for column in kept))
    if kept:
        Console(highlight=False, width=_WIDTH).print(made)


def line(text: str = "") -> None:
    """Print one line."""
    print(plain(text), flush=True)


def machine_line(said: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    print(json.dumps(said, ensure_ascii=sys.stdout.encoding.lower() not in _AS_IT_IS), flush=True)


def complaint(what: str, problem: Problem) -> None:
    """Say on stderr what went wrong with what."""
    print(plain(f"{what}: {problem}"), file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Without what could steer a terminal: names and labels come from strangers."""
    return "".join("\N{REPLACEMENT CHARACTER}" if category(each) in _UNSHOWN else each for each in text)


def seen(image: Mapping[str, Any]) -> tuple[str, str]:
    """The best label of an image with its confidence, or why there is none."""
    if "rejection" in image:
        return f"rejected: {image['rejection']['code']}", ""
    if "recognition" not in image:
        return image["status"], ""
    detections = image["recognition"]["detections"]
    return (detections[0]["label"], percent(detections[0])) if detections else ("nothing", "")


def percent(detection: Mapping[str, Any]) -> str:
    """A confidence as people read it."""
    return f"{detection['confidence']:.0%}"
