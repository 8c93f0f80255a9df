"""The tables that deliver reads and writes."""

from typing import NamedTuple

from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.table import SubscriptionTable


class Stores(NamedTuple):
    """The subscriptions, the state of their subscribers, and the log of deliveries."""

    subscriptions: SubscriptionTable
    state: SubscriberState
    log: DeliveryLog
