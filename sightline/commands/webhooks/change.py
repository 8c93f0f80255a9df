"""`sightline webhooks change`, `enable` and `disable`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.client.schemas.webhook import Webhook
from sightline.commands.arguments import Commands
from sightline.commands.webhooks.fields import FIELDS, add_fields, forgotten_fields, set_fields
from sightline.commands.webhooks.show import print_webhook

_FORGETTABLE = FIELDS[1:]


def register(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add("change", change, "change the URL or the filters of a webhook", "sub_01a1… --url https://…")
    parser.add_argument("webhook_id")
    parser.add_argument("--url", help="the new URL")
    add_fields(parser)
    reset = f"reset a field to its default (repeatable): {', '.join(_FORGETTABLE)}"
    parser.add_argument("--forget", action="append", choices=_FORGETTABLE, metavar="FIELD", help=reset)
    about = "stop all deliveries to a webhook until it is enabled again"
    commands.add("disable", disable, about, "sub_01a1…").add_argument("webhook_id")
    about = "resume deliveries to a webhook and close its circuit breaker"
    commands.add("enable", enable, about, "sub_01a1…").add_argument("webhook_id")


def change(client: Client, arguments: Namespace) -> int:
    """Set the fields that are named and reset those to be forgotten; print the webhook."""
    fields = forgotten_fields(arguments.forget or ()) | set_fields(arguments)
    if not fields and arguments.url is None:
        raise Problem("nothing_to_change", "Name a field to change; sightline webhooks change --help lists them.")
    return _print(client.webhooks.change(arguments.webhook_id, url=arguments.url, **fields), arguments)


def enable(client: Client, arguments: Namespace) -> int:
    """Resume deliveries and print the webhook."""
    return _print(client.webhooks.enable(arguments.webhook_id), arguments)


def disable(client: Client, arguments: Namespace) -> int:
    """Stop deliveries and print the webhook."""
    return _print(client.webhooks.disable(arguments.webhook_id), arguments)


def _print(webhook: Webhook, arguments: Namespace) -> int:
    return print_webhook(webhook, machine=arguments.json)
