"""`sightline models list`, which `sightline models` runs too."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.collections import ModelEntry
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.tables import print_table

_LABELS_SHOWN = 5


def register(commands: Commands) -> None:
    """Add the command."""
    commands.add("list", list_models, "list the models that a request may name, and the bundles that cannot be used")


def list_models(client: Client, arguments: Namespace) -> int:
    """Print every model."""
    entries = client.models()["items"]
    if arguments.json:
        for entry in entries:
            print_json(entry)
    else:
        print_table(("detector", "name", "version", "task", "status", "labels"), [_row(entry) for entry in entries])
    return 0


def _row(entry: ModelEntry) -> tuple[str, ...]:
    labels = ", ".join(entry.get("labels", ())[:_LABELS_SHOWN])
    return (
        entry["detector"],
        entry["name"],
        entry.get("version", ""),
        entry.get("task", ""),
        entry.get("status", ""),
        labels,
    )
