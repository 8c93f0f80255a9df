"""`sightline webhooks test`, and the output of all commands that return an accepted delivery."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.webhook import AcceptedDelivery
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the command."""
    commands.add("test", test, "send a test event to a webhook", "sub_01a1…").add_argument("webhook_id")


def test(client: Client, arguments: Namespace) -> int:
    """Send a test event."""
    return print_accepted(client.webhooks.test(arguments.webhook_id), machine=arguments.json)


def print_accepted(delivery: AcceptedDelivery, *, machine: bool) -> int:
    """Print a delivery that was accepted, and the command that shows its attempts; returns 0, the exit status."""
    if machine:
        print_json(delivery)
    else:
        print_line(f"{delivery['delivery_id']}  {delivery['status']}")
        print_line(f"To see its attempts: sightline webhooks delivery {delivery['delivery_id']}")
    return 0
