"""The commands under `sightline webhooks` and what each takes."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from sightline.commands.webhooks import change as webhooks
from sightline.commands.webhooks.deliveries import list as webhook_deliveries

_EVENTS = ("image.recognized", "image.rejected", "image.erased", "webhook.disabled")
_STATUSES = ("pending", "delivered", "dead", "dropped")

Command = Callable[[Any, str, Any, str, str], ArgumentParser]
"""Adds a command: to these, by this name, that does this, about this, for example so."""


def add_webhooks(commands: Any, command: Command) -> None:
    """Add `webhooks` and the commands under it."""
    about = "be told of what happens, and see what was sent"
    parser = commands.add_parser("webhooks", help=about, description=f"{about[0].upper()}{about[1:]}.")
    under = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, does: Any, about: str, example: str, *positional: str) -> ArgumentParser:
        added = command(under, name, does, about, example)
        added.epilog = f"example: sightline webhooks {name} {example}"
        for each in positional:
            added.add_argument(each)
        return added

    _managing(add)
    _reading(add)
    _sending(add)


def _managing(add: Callable[..., ArgumentParser]) -> None:
    _wishes(
        add("add", webhooks.add, "have a URL told of events; shows the secret once", "https://… --label cat", "url")
    )
    add("list", webhooks.listed, "your webhooks, newest first", "")
    add("show", webhooks.show, "one webhook", "sub_01a1…", "webhook_id")
    changing = add("change", webhooks.change, "change what a webhook is told, or where", "sub_01a1… --url https://…")
    changing.add_argument("webhook_id")
    changing.add_argument("--url", help="where it leads from now on")
    _wishes(changing)
    wishes = webhooks.WISHES[1:]
    forgotten = f"as if it had never been said, {', '.join(wishes)}: any will do"
    changing.add_argument("--forget", action="append", choices=wishes, metavar="WISH", help=forgotten)
    add("rotate", webhooks.rotate, "a new secret, shown once; the old one signs for a day more", "sub_…", "webhook_id")
    add("disable", webhooks.disable, "have it told nothing until it is enabled again", "sub_01a1…", "webhook_id")
    add("enable", webhooks.enable, "have it told again, as if it had never failed", "sub_01a1…", "webhook_id")
    add("delete", webhooks.delete, "forget it, and what is still owed to it", "sub_01a1…", "webhook_id")


def _wishes(added: ArgumentParser) -> None:
    types = f"of these events only: {', '.join(_EVENTS)}"
    added.add_argument("--event", dest="events", action="append", metavar="TYPE", help=types)
    labels = "of images with one of these labels only"
    added.add_argument("--label", dest="labels", action="append", metavar="LABEL", help=labels)
    added.add_argument("--min-confidence", type=float, metavar="SHARE", help="seen at least so surely, 0–1")
    added.add_argument("--rate-limit", type=int, metavar="N", help="at most so many attempts a minute")
    added.add_argument("--description", metavar="TEXT", help="what it is, for you to know it by")


def _reading(add: Callable[..., ArgumentParser]) -> None:
    listing = add("deliveries", webhook_deliveries.listed, "what was sent", "sub_01a1… --status dead", "webhook_id")
    listing.add_argument("--status", choices=_STATUSES, help="those alone")
    listing.add_argument("--limit", type=int, default=25, help="how many (25)")
    add("delivery", webhook_deliveries.show, "one delivery with every attempt", "dlv_01a1…", "delivery_id")
    dead = add("dead", webhook_deliveries.dead, "what was given up, of one webhook or of all", "sub_01a1…")
    dead.add_argument("webhook_id", nargs="?")


def _sending(add: Callable[..., ArgumentParser]) -> None:
    add("test", webhook_deliveries.test, "send it a test event", "sub_01a1…", "webhook_id")
    again = add("replay", webhook_deliveries.replay, "send one delivery again, or all since a time", "dlv_01a1…")
    again.add_argument("id", help="of a delivery; or of a webhook, with --since")
    again.add_argument("--since", metavar="TIME", help="2026-11-21, or 2026-11-21T14:30:00Z")
    again.add_argument("--status", choices=_STATUSES, help="those alone, with --since")
    add("redrive", webhook_deliveries.redrive, "send again all that was given up", "sub_01a1…", "webhook_id")
