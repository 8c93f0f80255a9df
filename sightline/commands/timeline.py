"""`sightline timeline`: all that happened to an image."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from sightline.client.api import Api
from sightline.output import tables as display

_ABOUT = ("label", "labels", "code", "reason", "status", "error", "detector", "request", "reused_from", "webhook_id")
"""What a row says of a hop, as far as it has it, in this order."""


def timeline(api: Api, given: Namespace) -> int:
    """Every hop of an image, the oldest first."""
    hops = api.get(f"/images/{given.image_id}/timeline")["items"]
    if given.json:
        for hop in hops:
            display.machine_line(hop)
    else:
        display.table(("at", "what", "about"), [(hop["at"], hop["what"], _about(hop)) for hop in hops])
    return 0


def _about(hop: Mapping[str, Any]) -> str:
    said = (hop.get(name) for name in _ABOUT)
    return ", ".join(", ".join(each) if isinstance(each, list) else str(each) for each in said if each)
