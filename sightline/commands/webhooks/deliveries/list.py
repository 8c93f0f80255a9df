"""`sightline webhooks deliveries`, `delivery`, `dead`, `test`, `replay` and `redrive`."""

from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any

from sightline.client.api import Api, Query
from sightline.client.problem import Problem
from sightline.output import progress
from sightline.output import tables as display

Delivery = Mapping[str, Any]

_HEADINGS = ("delivery_id", "webhook_id", "at", "type", "status", "tries", "answer", "next attempt")


def listed(api: Api, given: Namespace) -> int:
    """What was sent to a webhook, newest first."""
    query = {"status": given.status}
    found = api.items(f"/webhooks/{given.webhook_id}/deliveries", given.limit, query)
    return _list(found, given, "Nothing was sent.")


def dead(api: Api, given: Namespace) -> int:
    """What was given up, of one webhook or of all."""
    named = [given.webhook_id] if given.webhook_id else [each["webhook_id"] for each in api.items("/webhooks", None)]
    found = (each for name in named for each in api.items(f"/webhooks/{name}/dead-letters", None))
    return _list(found, given, "Nothing was given up.")


def show(api: Api, given: Namespace) -> int:
    """One delivery with every attempt."""
    found = api.get(f"/deliveries/{given.delivery_id}")
    if given.json:
        display.machine_line(found)
        return 0
    for name in ("delivery_id", "webhook_id", "image_id", "type", "timestamp", "status", "reason", "next_attempt_at"):
        if found[name]:
            display.line(f"{name:15} {found[name]}")
    display.line()
    rows = [
        (str(each["attempt"]), each["at"], _answer(each), f"{each['ms']} ms", each["response"] or "")
        for each in found["attempts"]
    ]
    display.table(("attempt", "at", "answer", "took", "response"), rows)
    return 0


def test(api: Api, given: Namespace) -> int:
    """Send a test event."""
    return _accepted(api.post(f"/webhooks/{given.webhook_id}/test"), given)


def replay(api: Api, given: Namespace) -> int:
    """Send one delivery again, or all since a time."""
    if given.id.startswith("dlv_"):
        return _accepted(api.post(f"/deliveries/{given.id}/replay"), given)
    if not given.since:
        raise Problem("no_time", "Say since when with --since, or name a delivery.")
    return _sent(api, f"/webhooks/{given.id}/replay", {"since": given.since, "status": given.status}, given)


def redrive(api: Api, given: Namespace) -> int:
    """Send again all that was given up."""
    return _sent(api, f"/webhooks/{given.webhook_id}/redrive", {}, given)


def _sent(api: Api, path: str, query: Query, given: Namespace) -> int:
    count, cursor = 0, None
    with progress.counter("Sending again", "deliveries") as tell:
        while True:
            said = api.post(path, {**query, "cursor": cursor})
            count, cursor = count + said["deliveries"], said["next_cursor"]
            tell(said["deliveries"])
            if not cursor:
                break
    if given.json:
        display.machine_line({"deliveries": count})
    else:
        display.line(f"{count} {'delivery is' if count == 1 else 'deliveries are'} sent again")
    return 0


def _accepted(said: Delivery, given: Namespace) -> int:
    if given.json:
        display.machine_line(said)
    else:
        display.line(f"{said['delivery_id']}  {said['status']}")
        display.line(f"What comes of it: sightline webhooks delivery {said['delivery_id']}")
    return 0


def _list(found: Iterable[Delivery], given: Namespace, otherwise: str) -> int:
    if given.json:
        for each in found:
            display.machine_line(each)
    elif rows := [_row(each, given.webhook_id) for each in found]:
        display.table(_HEADINGS, rows)
    else:
        display.line(otherwise)
    return 0


def _row(each: Delivery, asked: str | None) -> tuple[str, ...]:
    answer = _answer(each["last_attempt"]) if each["last_attempt"] else ""
    status = f"{each['status']} ({each['reason']})" if each["reason"] else each["status"]
    return (
        each["delivery_id"],
        "" if asked else each["webhook_id"],
        each["timestamp"],
        each["type"],
        status,
        str(each["tries"]),
        answer,
        each["next_attempt_at"] or "",
    )


def _answer(attempt: Mapping[str, Any]) -> str:
    return str(attempt["status"] or attempt["error"])
