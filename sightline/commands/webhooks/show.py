"""`sightline webhooks show`, and the output of all commands that return a webhook."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.webhook import Webhook
from sightline.commands.arguments import Commands
from sightline.commands.webhooks.state import webhook_state
from sightline.output.json_lines import print_json
from sightline.output.text import print_line

_IN_STATE = ("disabled", "enabled", "failing_since", "resting_until")


def register(commands: Commands) -> None:
    """Add the command."""
    commands.add("show", show, "show one webhook", "sub_01a1…").add_argument("webhook_id")


def show(client: Client, arguments: Namespace) -> int:
    """Print one webhook."""
    return print_webhook(client.webhooks.get(arguments.webhook_id), machine=arguments.json)


def print_webhook(webhook: Webhook, *, machine: bool) -> int:
    """Print a webhook and, unless it is healthy, the commands that help; returns 0, the exit status."""
    if machine:
        print_json(webhook)
        return 0
    for name, value in webhook.items():
        if name not in ("links", *_IN_STATE) and value not in (None, "", []):
            print_line(f"{name:21} {', '.join(value) if isinstance(value, list) else value}")
    print_line(f"{'state':21} {webhook_state(webhook)}")
    if webhook["disabled"]:
        _print_way_to_resume(webhook)
    elif webhook["failing_since"]:
        enable = f"sightline webhooks enable {webhook['webhook_id']}"
        print_line(f"Deliveries are attempted now and then. To attempt them at once: {enable}")
    return 0


def _print_way_to_resume(webhook: Webhook) -> None:
    """Print the commands that enable a webhook and replay the deliveries that were dropped.

    A replay begins with the day on which the webhook began to fail, or was disabled.
    """
    disabled = webhook["disabled"]
    name, since = webhook["webhook_id"], webhook["failing_since"] or (disabled["at"] if disabled else "")
    print_line(f"To resume deliveries: sightline webhooks enable {name}")
    print_line(
        f"To replay the dropped deliveries: sightline webhooks replay {name} --since {since[:10]} --status dropped"
    )
