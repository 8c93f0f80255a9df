"""`sightline export`."""

import sys
from argparse import Namespace
from pathlib import Path

from sightline.client.client import Client
from sightline.client.resources.exports import ExportedFile
from sightline.commands.arguments import Commands
from sightline.commands.filters import add_filters, filters
from sightline.output.json_lines import print_json
from sightline.output.progress import counter
from sightline.output.text import print_line, printable

_FILES = {"json": "images.json", "csv": "images.csv", "coco": "images.coco.json"}
"""The default file of each format."""


def register(commands: Commands) -> None:
    """Add the command."""
    about = "write your images and their outcomes into a file"
    parser = commands.add("export", export, about, "--format csv cats.csv")
    parser.add_argument(
        "file", nargs="?", help="file to write (default: images.json, .csv or .coco.json); several files are numbered"
    )
    parser.add_argument("--format", choices=tuple(_FILES), default="json", help="format of the file (default: json)")
    add_filters(parser)


def export(client: Client, arguments: Namespace) -> int:
    """Write the images into one file, or into numbered files if they are too many for one."""
    path = arguments.file or _FILES[arguments.format]
    written = list[Path]()

    def on_file(file: ExportedFile) -> None:
        written.append(file.path)
        advance(file.images)
        _print_file(file, machine=arguments.json)

    try:
        with counter("Exporting", "images") as advance:
            client.images.export(path, format=arguments.format, on_file=on_file, **filters(arguments))
    except KeyboardInterrupt:
        complete = f"the complete files are {', '.join(map(str, written))}" if written else "no file was written"
        print(f"\nInterrupted: {printable(complete)}.", file=sys.stderr)
        raise
    return 0


def _print_file(file: ExportedFile, *, machine: bool) -> None:
    if machine:
        print_json({"file": str(file.path), "format": file.format, "images": file.images})
    else:
        print_line(f"{file.path}: {file.images} images")
