"""Find the rooms that have routes: each declares `ROOM` in its `openapi.py`."""

from importlib import import_module

from openapi.reader.source import ROOT
from openapi.route import Room

UNITS = ("api", "recognition", "integration")
"""The units, in the order of the description."""


def rooms() -> tuple[Room, ...]:
    """Return every room's declaration, unit by unit."""
    folders = [file.parent for unit in UNITS for file in sorted((ROOT / unit).glob("*/openapi.py"))]
    return tuple(import_module(f"{folder.parent.name}.{folder.name}.openapi").ROOM for folder in folders)
