"""Replay: post deliveries of the log once more, with the same ids, to the subscription's current URL."""

from collections.abc import Iterable
from dataclasses import replace

from domain.event import DISABLED, TEST
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.log.row import DeliveryRecord, expires
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.subscriptions.runtime.subscription import Subscription

_NOT_REPLAYED = (TEST, DISABLED)
"""Types of events that are of no use later; a replay of many deliveries leaves them out."""


def worth_replaying(records: Iterable[DeliveryRecord]) -> list[DeliveryRecord]:
    """Return the deliveries about images."""
    return [record for record in records if record.type not in _NOT_REPLAYED]


def replay(
    records: Iterable[DeliveryRecord], subscription: Subscription, log: DeliveryLog, queue: DeliveryQueue, now: float
) -> bool:
    """Queue these deliveries once more; return False if the queue refused some, so that another call is worth a try.

    Their rows say `pending`, without attempts, before they are queued: deliver may log a fast attempt first, and its
    row must not be overwritten. An attempt that only a delivery's row tells gets a row before. The rows of refused
    deliveries are restored, so that the other call finds them by their status. After each write, the rows of images
    that were erased since the deliveries were read are removed again.
    """
    before = list(records)
    deliveries = [record.delivery(subscription) for record in before]
    log.write([row | {"expires": expires(now)} for record in before if (row := record.only_attempt())])
    pending = [
        replace(record, status="pending", tries=0, next_at=None, reason=None, only="").to_item(now) for record in before
    ]
    log.write(pending)
    log.forget_erased(deliveries, pending, now)
    accepted = queue.add(deliveries)
    refused = [record.to_item(now) for record in before if record.delivery_id not in accepted]
    if refused:
        log.write(refused)
        log.forget_erased(deliveries, refused, now)
    return not refused
