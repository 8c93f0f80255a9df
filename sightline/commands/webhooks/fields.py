"""The fields of a webhook that its owner sets, as flags and as JSON."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import cast

from sightline.client.schemas.queries import WebhookFields

EVENTS = ("image.recognized", "image.rejected", "image.erased", "webhook.disabled")
FIELDS = ("url", "events", "labels", "min_confidence", "rate_limit", "description")


def add_fields(parser: ArgumentParser) -> None:
    """Add a flag for each field but the URL."""
    events = f"an event type to send (default: all; repeatable): {', '.join(EVENTS)}"
    parser.add_argument("--event", dest="events", action="append", metavar="TYPE", help=events)
    labels = "a label; images without any of the labels are not sent (default: all images; repeatable)"
    parser.add_argument("--label", dest="labels", action="append", metavar="LABEL", help=labels)
    parser.add_argument("--min-confidence", type=float, metavar="SHARE", help="the least confidence of a label, 0–1")
    parser.add_argument("--rate-limit", type=int, metavar="N", help="the most attempts per minute")
    parser.add_argument("--description", metavar="TEXT", help="a text that tells you what the webhook is for")


def set_fields(arguments: Namespace) -> WebhookFields:
    """Return the fields but the URL that the command line sets."""
    given = {name: value for name in FIELDS[1:] if (value := getattr(arguments, name)) is not None}
    return cast(WebhookFields, given)


def forgotten_fields(names: Iterable[str]) -> WebhookFields:
    """Return the fields of these names, to be reset to their defaults."""
    return cast(WebhookFields, dict.fromkeys(names))
