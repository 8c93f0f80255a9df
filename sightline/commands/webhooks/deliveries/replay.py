"""`sightline webhooks replay` and `redrive`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.commands.arguments import Commands
from sightline.commands.webhooks.deliveries.list import STATUSES
from sightline.commands.webhooks.deliveries.test import print_accepted
from sightline.output.json_lines import print_json
from sightline.output.progress import counter
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the commands."""
    about = "send one delivery again, or all deliveries to a webhook since a time"
    parser = commands.add("replay", replay, about, "dlv_01a1…")
    parser.add_argument("id", help="id of a delivery; or id of a webhook, with --since")
    parser.add_argument("--since", metavar="TIME", help="2026-11-21, or 2026-11-21T14:30:00Z")
    parser.add_argument("--status", choices=STATUSES, help="only deliveries with this status, with --since")
    about = "send all dead letters of a webhook again"
    commands.add("redrive", redrive, about, "sub_01a1…").add_argument("webhook_id")


def replay(client: Client, arguments: Namespace) -> int:
    """Send one delivery again, or all deliveries to a webhook since a time."""
    if arguments.id.startswith("dlv_"):
        return print_accepted(client.deliveries.replay(arguments.id), machine=arguments.json)
    if not arguments.since:
        raise Problem("no_time", "Pass --since with the id of a webhook, or name a delivery.")
    with counter("Sending again", "deliveries") as advance:
        count = client.webhooks.replay(arguments.id, arguments.since, status=arguments.status, on_page=advance)
    return _print_count(count, machine=arguments.json)


def redrive(client: Client, arguments: Namespace) -> int:
    """Send all dead letters of a webhook again."""
    with counter("Sending again", "deliveries") as advance:
        count = client.webhooks.redrive(arguments.webhook_id, on_page=advance)
    return _print_count(count, machine=arguments.json)


def _print_count(count: int, *, machine: bool) -> int:
    if machine:
        print_json({"deliveries": count})
    else:
        print_line(f"{count} {'delivery is' if count == 1 else 'deliveries are'} sent again")
    return 0
