"""The accounts of deliveries: the log against the events."""

from collections.abc import Iterator

from domain.event import DISABLED, Event
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence

SUPERSEDED = "superseded before they were published"


def accounts(evidence: Evidence) -> Iterator[Account]:
    """Yield the accounts in order."""
    for name in evidence.subscriptions:
        yield _deliveries(evidence, name)


def _deliveries(evidence: Evidence, name: str) -> Account:
    """Compare a subscription's deliveries with the events that it wants: each is delivered, and there is no other."""
    subscription = evidence.subscriptions[name]
    must, may = _events(evidence, subscription)
    logged = {
        delivery.delivery_id: delivery
        for delivery in evidence.deliveries.values()
        if delivery.subscription_id == subscription.subscription_id
    }
    account = Account(f"deliveries to {name}", len(must), len(logged))
    for delivery_id, what in must.items():
        status = logged[delivery_id].status if delivery_id in logged else "not in the log"
        if status != "delivered":
            account.unexplained.append(f"{delivery_id} {what}: {status}")
    for delivery_id in logged.keys() - must.keys():
        reason = may.get(delivery_id) or (f"of {DISABLED}" if logged[delivery_id].type == DISABLED else "")
        if reason:
            account.explain(reason)
        else:
            account.unexplained.append(f"{delivery_id} of {logged[delivery_id].image_id}: no event")
    return account


def _events(evidence: Evidence, subscription: Subscription) -> tuple[dict[str, str], dict[str, str]]:
    """Return the deliveries that must be in the log, by id, and those that may be."""
    must: dict[str, str] = {}
    may: dict[str, str] = {}
    for entry in evidence.current.values():
        must |= _wanted(subscription, entry.event())
    for entry in (entry for entries in evidence.earlier.values() for entry in entries):
        earlier = _wanted(subscription, entry.event())
        if entry.request or not (evidence.is_of_failed_batch(entry) or entry.event().event_id in evidence.refused):
            must |= earlier
        else:
            may |= dict.fromkeys(earlier, SUPERSEDED)
    for image_id in evidence.acknowledged.erased:
        must |= _wanted(subscription, Event.erased(subscription.owner, image_id, "-"))
    return must, may


def _wanted(subscription: Subscription, event: Event) -> dict[str, str]:
    if not subscription.wants(event):
        return {}
    return {Delivery.of(event, subscription, 0).delivery_id: f"{event.type} {event.data['image_id']}"}
