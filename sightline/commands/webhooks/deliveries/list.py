"""`sightline webhooks deliveries` and `dead`."""

from argparse import Namespace
from collections.abc import Iterable

from sightline.client.client import Client
from sightline.client.schemas.webhook import Delivery
from sightline.commands.arguments import Commands
from sightline.commands.webhooks.deliveries.show import attempt_result
from sightline.output.json_lines import print_json
from sightline.output.tables import print_table
from sightline.output.text import print_line

STATUSES = ("pending", "delivered", "dead", "dropped")
_HEADINGS = ("delivery_id", "webhook_id", "at", "type", "status", "tries", "result", "next attempt")


def register(commands: Commands) -> None:
    """Add the commands."""
    about = "list the deliveries to a webhook, newest first"
    parser = commands.add("deliveries", list_deliveries, about, "sub_01a1… --status dead")
    parser.add_argument("webhook_id")
    parser.add_argument("--status", choices=STATUSES, help="only deliveries with this status")
    parser.add_argument("--limit", type=int, default=25, help="the most deliveries to list (default: 25)")
    about = "list the dead letters of one webhook, or of all webhooks"
    commands.add("dead", list_dead_letters, about, "sub_01a1…").add_argument("webhook_id", nargs="?")


def list_deliveries(client: Client, arguments: Namespace) -> int:
    """Print the deliveries to one webhook, newest first."""
    deliveries = client.webhooks.deliveries(arguments.webhook_id, status=arguments.status, limit=arguments.limit)
    return _print_deliveries(deliveries, arguments, "There are no deliveries.")


def list_dead_letters(client: Client, arguments: Namespace) -> int:
    """Print the dead letters of one webhook, or of all webhooks."""
    named = arguments.webhook_id
    webhook_ids = [named] if named else [webhook["webhook_id"] for webhook in client.webhooks.list()]
    dead_letters = (letter for webhook_id in webhook_ids for letter in client.webhooks.dead_letters(webhook_id))
    return _print_deliveries(dead_letters, arguments, "There are no dead letters.")


def _print_deliveries(deliveries: Iterable[Delivery], arguments: Namespace, if_none: str) -> int:
    if arguments.json:
        for delivery in deliveries:
            print_json(delivery)
    elif rows := [_row(delivery, arguments.webhook_id) for delivery in deliveries]:
        print_table(_HEADINGS, rows)
    else:
        print_line(if_none)
    return 0


def _row(delivery: Delivery, webhook_id: str | None) -> tuple[str, ...]:
    return (
        delivery["delivery_id"],
        "" if webhook_id else delivery["webhook_id"],
        delivery["timestamp"],
        delivery["type"],
        f"{delivery['status']} ({delivery['reason']})" if delivery["reason"] else delivery["status"],
        str(delivery["tries"]),
        attempt_result(delivery["last_attempt"]) if delivery["last_attempt"] else "",
        delivery["next_attempt_at"] or "",
    )
