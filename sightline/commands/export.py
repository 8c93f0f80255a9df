"""`sightline export`."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sightline.client.api import Api
from sightline.client.problem import Problem
from sightline.commands.filters import filters
from sightline.output import tables as display
from sightline.output.progress import counter

FORMATS = {"json": "images.json", "csv": "images.csv", "coco": "images.coco.json"}
"""What can be asked for, and the file it goes into where nobody names one."""


def export(api: Api, given: Namespace) -> int:
    """Write what is known of your images into a file; into numbered ones where they are too many for one."""
    asked = Path(given.file or FORMATS[given.format])
    written = list[Path]()
    try:
        with counter("Exporting", "images") as tell:
            for path, part in _parts(api, {"format": given.format} | filters(given), asked):
                _save(api, part["url"], path)
                written.append(path)
                tell(part["images"])
                _show(path, part, machine=given.json)
    except KeyboardInterrupt:
        said = f"whole are {', '.join(map(str, written))}" if written else "nothing was written"
        print(f"\nInterrupted: {display.plain(said)}.", file=sys.stderr)
        raise
    return 0


def _parts(api: Api, query: dict[str, object], asked: Path) -> Iterator[tuple[Path, Any]]:
    """Each part with the file it goes into: the one asked for if it is the only part."""
    number, cursor = 1, None
    while number == 1 or cursor:
        part = api.get("/images/export", query | {"cursor": cursor})
        cursor = part["next_cursor"]
        yield (asked if number == 1 and not cursor else _numbered(asked, number)), part
        number += 1


def _numbered(asked: Path, number: int) -> Path:
    name, dot, endings = asked.name.partition(".")
    return asked.with_name(f"{name}-{number}{dot}{endings}")


def _save(api: Api, url: str, path: Path) -> None:
    """Whole or not at all, and nothing is overwritten."""
    if path.exists():
        raise Problem("file_exists", f"{path} is there already; name another file.")
    partial = path.with_name(f"{path.name}.part")
    try:
        with partial.open("wb") as file:
            api.download(url, file)
        partial.replace(path)
    except OSError as error:
        raise Problem("unwritable_file", f"{path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _show(path: Path, part: Any, *, machine: bool) -> None:
    if machine:
        display.machine_line({"file": str(path), "format": part["format"], "images": part["images"]})
    else:
        display.line(f"{path}: {part['images']} images")
