"""`sightline webhooks list`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.webhook import Webhook
from sightline.commands.arguments import Commands
from sightline.commands.webhooks.state import webhook_state
from sightline.output.json_lines import print_json
from sightline.output.tables import print_table

_HEADINGS = ("webhook_id", "state", "url", "description")


def register(commands: Commands) -> None:
    """Add the command."""
    commands.add("list", list_webhooks, "list your webhooks and their states, newest first")


def list_webhooks(client: Client, arguments: Namespace) -> int:
    """Print every webhook, newest first."""
    webhooks = list(client.webhooks.list())
    if arguments.json:
        for webhook in webhooks:
            print_json(webhook)
    else:
        print_table(_HEADINGS, [_row(webhook) for webhook in webhooks])
    return 0


def _row(webhook: Webhook) -> tuple[str, ...]:
    return webhook["webhook_id"], webhook_state(webhook), webhook["url"], webhook["description"]
