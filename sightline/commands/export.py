"""`sightline export`."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sightline.client.api import Api
from sightline.client.problem import Problem
from sightline.client.schemas.collections import ExportPart
from sightline.commands.arguments import Commands
from sightline.commands.filters import add_filters, filters
from sightline.output.json_lines import print_json
from sightline.output.progress import counter
from sightline.output.text import print_line, printable

_FILES = {"json": "images.json", "csv": "images.csv", "coco": "images.coco.json"}
"""The default file of each format."""


class _PartFile(NamedTuple):
    """One part of an export, and the file it is written into."""

    path: Path
    part: ExportPart


def register(commands: Commands) -> None:
    """Add the command."""
    about = "write your images and their outcomes into a file"
    parser = commands.add("export", export, about, "--format csv cats.csv")
    parser.add_argument(
        "file", nargs="?", help="file to write (default: images.json, .csv or .coco.json); several files are numbered"
    )
    parser.add_argument("--format", choices=tuple(_FILES), default="json", help="format of the file (default: json)")
    add_filters(parser)


def export(api: Api, arguments: Namespace) -> int:
    """Write the images into one file, or into numbered files if they are too many for one."""
    path = Path(arguments.file or _FILES[arguments.format])
    written = list[Path]()
    try:
        with counter("Exporting", "images") as advance:
            for file, part in _parts(api, {"format": arguments.format} | filters(arguments), path):
                _save(api, part["url"], file)
                written.append(file)
                advance(part["images"])
                _print_part(file, part, machine=arguments.json)
    except KeyboardInterrupt:
        complete = f"the complete files are {', '.join(map(str, written))}" if written else "no file was written"
        print(f"\nInterrupted: {printable(complete)}.", file=sys.stderr)
        raise
    return 0


def _parts(api: Api, query: dict[str, object], path: Path) -> Iterator[_PartFile]:
    """Yield each part with its file: `path` itself for the only part, a numbered one otherwise."""
    number, cursor = 1, None
    while number == 1 or cursor:
        part: ExportPart = api.get("/images/export", query | {"cursor": cursor})
        cursor = part["next_cursor"]
        yield _PartFile(path if number == 1 and not cursor else _numbered(path, number), part)
        number += 1


def _numbered(path: Path, number: int) -> Path:
    name, dot, suffixes = path.name.partition(".")
    return path.with_name(f"{name}-{number}{dot}{suffixes}")


def _save(api: Api, url: str, path: Path) -> None:
    """Download a complete file or none; an existing file is never overwritten."""
    if path.exists():
        raise Problem("file_exists", f"{path} exists already; name another file.")
    partial = path.with_name(f"{path.name}.part")
    try:
        with partial.open("wb") as file:
            api.download(url, file)
        partial.replace(path)
    except OSError as error:
        raise Problem("unwritable_file", f"{path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _print_part(path: Path, part: ExportPart, *, machine: bool) -> None:
    if machine:
        print_json({"file": str(path), "format": part["format"], "images": part["images"]})
    else:
        print_line(f"{path}: {part['images']} images")
