"""`sightline delete`."""

import json
import sys
from argparse import Namespace

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.client.schemas.changes import Erasure
from sightline.commands.arguments import Commands, add_image_ids
from sightline.commands.images.per_image import per_image
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("delete", delete, "erase images for good and show the receipts", "img_01a1…")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    add_image_ids(parser)


def delete(client: Client, arguments: Namespace) -> int:
    """Erase each image after a confirmation, and print the receipts."""
    if not arguments.yes and not _confirmed(len(arguments.image_ids)):
        raise Problem("not_confirmed", "Nothing was erased. Pass --yes to erase without confirmation.")
    return per_image(arguments, client.images.erase, _print_receipt)


def _confirmed(count: int) -> bool:
    images = "this image" if count == 1 else f"these {count} images"
    question = f"Erase {images} for good, with every outcome and every picture derived from it? [y/N] "
    print(question, end="", file=sys.stderr, flush=True)
    try:
        return input().strip().casefold() in ("y", "yes")
    except EOFError:
        return False


def _print_receipt(erasure: Erasure) -> None:
    print_line(f"{erasure['image_id']}  {erasure['status']} at {erasure['erased_at']}")
    for kind, removed in erasure["removed"].items():
        for item in removed if isinstance(removed, list) else [removed]:
            print_line(f"  {kind:13} {_text(item)}")


def _text(removed: object) -> str:
    if isinstance(removed, dict):
        return f"{removed['key']} {removed['version']}"
    return removed if isinstance(removed, str) else json.dumps(removed)
