"""`sightline webhooks delete`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.commands.arguments import Commands


def register(commands: Commands) -> None:
    """Add the command."""
    about = "delete a webhook and its pending deliveries"
    commands.add("delete", delete, about, "sub_01a1…").add_argument("webhook_id")


def delete(client: Client, arguments: Namespace) -> int:
    """Delete a webhook."""
    client.webhooks.delete(arguments.webhook_id)
    return 0
