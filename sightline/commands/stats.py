"""`sightline stats`."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from sightline.client.api import Api
from sightline.output import tables as display

_COUNTED = ("uploads", "recognized", "rejected", "reused", "rekognition_calls")
_HEADINGS = ("day", "uploads", "recognized", "rejected", "reused", "paid calls", "saved calls", "$ spent", "$ saved")


def stats(api: Api, given: Namespace) -> int:
    """What your days came to: images, calls of Rekognition paid and saved, dollars."""
    said = api.get("/images/stats", {"since": given.since, "until": given.until})
    if given.json:
        display.machine_line(said)
        return 0
    rows = [_row(each["day"], each) for each in said["items"]]
    display.table(_HEADINGS, [*rows, _row("all", said["total"])], numbers=_HEADINGS[1:])
    return 0


def _row(day: str, counted: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (*(counted[name] for name in _COUNTED), sum(counted["rekognition_calls_saved"].values()))
    dollars = (counted["dollars"][name] for name in ("spent", "saved"))
    return (day, *map(str, counts), *(f"{each:.3f}" for each in dollars))
