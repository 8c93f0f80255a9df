"""Sending again what the log holds: with the same id, to where the subscription leads now."""

from collections.abc import Iterable
from dataclasses import replace

from domain.event import DISABLED, TEST
from integration.deliveries.runtime.log import DeliveryLog
from integration.deliveries.runtime.log_row import Logged
from integration.deliveries.runtime.queue import Deliveries
from integration.subscriptions.runtime.subscription import Subscription

_OF_ITS_MOMENT = (TEST, DISABLED)
"""What nobody wants to hear of again when much is sent again at once."""


def worth_resending(found: Iterable[Logged]) -> list[Logged]:
    """Those that tell of images."""
    return [each for each in found if each.type not in _OF_ITS_MOMENT]


def resend(
    found: Iterable[Logged], subscription: Subscription, log: DeliveryLog, deliveries: Deliveries, now: float
) -> bool:
    """Queue these deliveries once more; False when the queue did not take all, and another call is worth a try.

    They are pending before they are queued: what comes of a fast attempt is not to be written over. What the queue did
    not take stands as before, so that the other call finds it by its status.
    """
    before = list(found)
    log.write(replace(each, status="pending", next_at=None, reason=None).to_item(now) for each in before)
    taken = deliveries.add(each.delivery(subscription) for each in before)
    refused = [each for each in before if each.delivery_id not in taken]
    log.write(each.to_item(now) for each in refused)
    return not refused
