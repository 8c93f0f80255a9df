"""`sightline stats`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.collections import Usage
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.tables import print_table

_HEADINGS = ("day", "uploads", "recognized", "rejected", "reused", "paid calls", "saved calls", "$ spent", "$ saved")


def register(commands: Commands) -> None:
    """Add the command."""
    about = "show your usage per day: images, calls of Rekognition paid and saved, dollars"
    parser = commands.add("stats", stats, about, "--since 2026-11-01")
    parser.add_argument("--since", metavar="DAY", help="the first day (default: thirty days ago)")
    parser.add_argument("--until", metavar="DAY", help="the day after the last one (default: through today)")


def stats(client: Client, arguments: Namespace) -> int:
    """Print the usage of each day and of all of them."""
    response = client.stats(since=arguments.since, until=arguments.until)
    if arguments.json:
        print_json(response)
        return 0
    rows = [_row(day["day"], day) for day in response["items"]]
    print_table(_HEADINGS, [*rows, _row("all", response["total"])], numbers=_HEADINGS[1:])
    return 0


def _row(day: str, usage: Usage) -> tuple[str, ...]:
    images = (usage["uploads"], usage["recognized"], usage["rejected"], usage["reused"])
    saved = usage["rekognition_calls_saved"]
    calls = (usage["rekognition_calls"], saved["by_cascade"] + saved["by_reuse"])
    dollars = (usage["dollars"]["spent"], usage["dollars"]["saved"])
    return (day, *map(str, images + calls), *(f"{amount:.3f}" for amount in dollars))
