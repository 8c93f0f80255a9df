"""The accounts of who is to be told: deliveries against events."""

import re
from collections.abc import Iterator
from datetime import datetime

from domain.event import DISABLED, Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log_row import Logged
from integration.subscriptions.runtime.subscription import Subscription
from recognition.results.runtime.entry import Entry
from tests.chaos.functions.batches import DISPATCH
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence

OVERTAKEN = "superseded before they were told"
ERASED = "of an image erased since"
HASTY = "erased, and told within two seconds of its dispatch"
_HASTE, _QUEUED = 3.0, re.compile(r'"queued_at":(\d+)')


def accounts(evidence: Evidence) -> Iterator[Account]:
    """One after the other."""
    for name in evidence.subscriptions:
        yield _owed(evidence, name)


def _owed(evidence: Evidence, name: str) -> Account:
    """Each event that a subscription wants is one delivery, and that was delivered; the log holds no other."""
    subscription = evidence.subscriptions[name]
    must, may = _events(evidence, subscription)
    there = {
        each.delivery_id: each
        for each in evidence.deliveries.values()
        if each.subscription_id == subscription.subscription_id
    }
    account = Account(f"deliveries owed to {name}", len(must), len(there))
    for delivery_id, what in must.items():
        stands = there[delivery_id].status if delivery_id in there else "not in the log"
        if stands != "delivered":
            account.unexplained.append(f"{delivery_id} {what}: {stands}")
    for delivery_id in there.keys() - must.keys():
        reason = may.get(delivery_id) or _otherwise(evidence, there[delivery_id])
        if reason:
            account.because(reason)
        else:
            account.unexplained.append(f"{delivery_id} of {there[delivery_id].image_id}: nothing that happened")
    return account


def _otherwise(evidence: Evidence, logged: Logged) -> str:
    """Why the log may hold a delivery of nothing that there is now."""
    if logged.type == DISABLED:
        return f"told of {DISABLED}"
    if logged.image_id not in evidence.promises.erased:
        return ""
    written = datetime.fromisoformat(logged.updated_at).timestamp()
    queued = {int(at) for body in evidence.bodies_of(logged.delivery_id) for at in _QUEUED.findall(body)}
    missed = logged.status == "dropped" and any(
        each.during(written, 1) for each in evidence.at.batches.all(DISPATCH) if each.holds(logged.image_id)
    )
    return HASTY if missed or any(0 <= written - at <= _HASTE for at in queued) else ""


def _events(evidence: Evidence, subscription: Subscription) -> tuple[dict[str, str], dict[str, str]]:
    """Deliveries that have to be there, by id; and those that may be."""
    must: dict[str, str] = {}
    may: dict[str, str] = {}
    for entry in evidence.standing.values():
        must |= _told(subscription, entry.event())
    for entry in (each for earlier in evidence.earlier.values() for each in earlier):
        sooner = _told(subscription, entry.event())
        if entry.request or not (_broken(evidence, entry) or entry.event().event_id in evidence.refused):
            must |= sooner
        else:
            may |= dict.fromkeys(sooner, OVERTAKEN)
    for image_id in evidence.promises.erased:
        must |= _told(subscription, Event.erased(subscription.owner, image_id, "-"))
    return must, may


def _told(subscription: Subscription, event: Event) -> dict[str, str]:
    if not subscription.wants(event):
        return {}
    return {Delivery.of(event, subscription, 0).delivery_id: f"{event.type} {event.data['image_id']}"}


def _broken(evidence: Evidence, entry: Entry) -> bool:
    asked = (batch for batch in evidence.recognised if batch.error)
    return any(each.key == entry.key and each.order == entry.order for batch in asked for each in batch.questions)
