"""`sightline webhooks delivery`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.webhook import Attempt, Delivery
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.tables import print_table
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("delivery", show_delivery, "show one delivery with all of its attempts", "dlv_01a1…")
    parser.add_argument("delivery_id")


def show_delivery(client: Client, arguments: Namespace) -> int:
    """Print one delivery with all of its attempts."""
    delivery = client.deliveries.get(arguments.delivery_id)
    if arguments.json:
        print_json(delivery)
        return 0
    for name, value in _fields(delivery).items():
        if value:
            print_line(f"{name:15} {value}")
    print_line()
    print_table(("attempt", "at", "result", "took", "response"), [_row(attempt) for attempt in delivery["attempts"]])
    return 0


def attempt_result(attempt: Attempt) -> str:
    """Return the status of the subscriber's response, or the error that prevented a response."""
    return str(attempt["status"] or attempt["error"])


def _fields(delivery: Delivery) -> dict[str, str | None]:
    return {
        "delivery_id": delivery["delivery_id"],
        "webhook_id": delivery["webhook_id"],
        "image_id": delivery["image_id"],
        "type": delivery["type"],
        "timestamp": delivery["timestamp"],
        "status": delivery["status"],
        "reason": delivery["reason"],
        "next_attempt_at": delivery["next_attempt_at"],
    }


def _row(attempt: Attempt) -> tuple[str, ...]:
    took, response = f"{attempt['ms']} ms", attempt["response"] or ""
    return (str(attempt["attempt"]), attempt["at"], attempt_result(attempt), took, response)
