"""`sightline timeline`."""

from argparse import Namespace
from collections.abc import Mapping

from sightline.client.client import Client
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.tables import print_table

_ABOUT = ("label", "labels", "code", "reason", "status", "error", "detector", "request", "reused_from", "webhook_id")
"""The fields of a step that its row shows, in this order, if the step has them."""


def register(commands: Commands) -> None:
    """Add the command."""
    about = "show everything that happened to an image, including the attempts to deliver it to webhooks"
    commands.add("timeline", timeline, about, "img_01a1…").add_argument("image_id")


def timeline(client: Client, arguments: Namespace) -> int:
    """Print every step of an image, the oldest first."""
    steps = client.images.timeline(arguments.image_id)
    if arguments.json:
        for step in steps:
            print_json(step)
    else:
        print_table(("at", "what", "about"), [(step["at"], step["what"], _about(step)) for step in steps])
    return 0


def _about(step: Mapping[str, object]) -> str:
    values = (step.get(name) for name in _ABOUT)
    return ", ".join(", ".join(value) if isinstance(value, list) else str(value) for value in values if value)
