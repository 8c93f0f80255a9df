"""The event by which an owner's other webhooks learn that one webhook was disabled."""

from domain.event import DISABLED, Event
from domain.ids import derived_id
from integration.subscriptions.runtime.subscription import Subscription

FAILING, GONE, OWNER = "failing", "gone", "owner"
"""The reasons for disabling a subscription: five days of failures, a response 410, a request of its owner."""


def disabled_event(subscription: Subscription, reason: str, failing_since: str, at: str) -> Event:
    """Return the event; times are RFC 3339. One streak of failures always makes the same event id.

    The event does not contain the URL, which may hold a secret of the receiver.
    """
    data = {
        "webhook_id": subscription.subscription_id,
        "reason": reason,
        "failing_since": failing_since,
        "disabled_at": at,
    }
    event_id = derived_id("evt", DISABLED, subscription.owner, subscription.subscription_id, failing_since)
    return Event(event_id, DISABLED, at, subscription.owner, data)
