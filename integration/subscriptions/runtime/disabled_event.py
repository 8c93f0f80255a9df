"""The event that tells an owner, by their other webhooks, that one of them is told nothing more."""

from domain.event import DISABLED, Event
from domain.ids import derived_id
from integration.subscriptions.runtime.subscription import Subscription

FAILING, GONE, OWNER = "failing", "gone", "owner"
"""Why a subscription is disabled: five days of failures, an answer 410, its owner's wish."""


def notice(subscription: Subscription, reason: str, failing_since: str, at: str) -> Event:
    """The same for the same row of failures; without the URL, which may hold a secret of the receiver's."""
    data = {
        "webhook_id": subscription.subscription_id,
        "reason": reason,
        "failing_since": failing_since,
        "disabled_at": at,
    }
    event_id = derived_id("evt", DISABLED, subscription.owner, subscription.subscription_id, failing_since)
    return Event(event_id, DISABLED, at, subscription.owner, data)
