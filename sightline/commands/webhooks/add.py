"""`sightline webhooks add` and `rotate`, which show a new secret."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.webhook import Webhook
from sightline.commands.arguments import Commands
from sightline.commands.webhooks.fields import add_fields, set_fields
from sightline.commands.webhooks.show import print_webhook
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add("add", add, "register a URL and show its secret, once", "https://… --label cat")
    parser.add_argument("url")
    add_fields(parser)
    about = "make a new secret and show it, once; the old secret signs for one more day"
    commands.add("rotate", rotate, about, "sub_01a1…").add_argument("webhook_id")


def add(client: Client, arguments: Namespace) -> int:
    """Register a webhook and print it with its secret."""
    return _print_with_secret(client.webhooks.add(arguments.url, **set_fields(arguments)), machine=arguments.json)


def rotate(client: Client, arguments: Namespace) -> int:
    """Make a new secret and print it."""
    return _print_with_secret(client.webhooks.rotate(arguments.webhook_id), machine=arguments.json)


def _print_with_secret(webhook: Webhook, *, machine: bool) -> int:
    status = print_webhook(webhook, machine=machine)
    if not machine:
        print_line("Keep the secret: it is not shown again.")
    return status
