"""`sightline webhooks change`, `enable` and `disable`."""

from argparse import Namespace
from collections.abc import Mapping

from sightline.client.api import Api
from sightline.client.problem import Problem
from sightline.commands.arguments import Commands
from sightline.commands.webhooks.fields import FIELDS, add_fields, set_fields
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


def change(api: Api, arguments: Namespace) -> int:
    """Set the fields that are named and reset those to be forgotten; print the webhook."""
    changes = dict[str, object](dict.fromkeys(arguments.forget or ())) | set_fields(arguments)
    if not changes:
        raise Problem("nothing_to_change", "Name a field to change; sightline webhooks change --help lists them.")
    return _patch(api, arguments, changes)


def enable(api: Api, arguments: Namespace) -> int:
    """Resume deliveries and print the webhook."""
    return _patch(api, arguments, {"enabled": True})


def disable(api: Api, arguments: Namespace) -> int:
    """Stop deliveries and print the webhook."""
    return _patch(api, arguments, {"enabled": False})


def _patch(api: Api, arguments: Namespace, changes: Mapping[str, object]) -> int:
    return print_webhook(api.patch(f"/webhooks/{arguments.webhook_id}", changes), machine=arguments.json)
