"""Lists of a subscription's deliveries, by the times of their events."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from integration.deliveries.runtime.log.row import DeliveryRecord, row_key
from wire.aws.ranges import Order, Rows, merged
from wire.aws.shards import partitions

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

BY_WEBHOOK, BY_STATUS = "by_webhook", "by_status"
_MOST_QUERIES = 20
"""A page of delivered ones ends after so many queries, however few it holds: the others are read and left out."""


class DeliveryFilter(NamedTuple):
    """The deliveries of one subscription, of one status if any is named, about events since this RFC 3339 time."""

    owner: str
    subscription_id: str
    status: str | None = None
    since: str = "0"


class LogPage(NamedTuple):
    """A page of deliveries, and the place after which the next page starts; None on the last page."""

    records: list[DeliveryRecord]
    last: str | None


class DeliveryLists:
    """The lists, newest or oldest first; the records have no bodies. Every method raises botocore's errors."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def newest(self, selection: DeliveryFilter, limit: int, after: str | None = None) -> LogPage:
        """Return a page of deliveries, the newest first."""
        return self._list(selection, limit, after, forward=False)

    def oldest(self, selection: DeliveryFilter, limit: int, after: str | None = None) -> LogPage:
        """Return a page of deliveries, the oldest first."""
        return self._list(selection, limit, after, forward=True)

    def _list(self, selection: DeliveryFilter, limit: int, after: str | None, *, forward: bool) -> LogPage:
        """Return a page. Nearly all are delivered, so no index has the delivered ones alone."""
        if selection.status != "delivered":
            return self._page(selection, limit, after, forward=forward)
        everything = selection._replace(status=None)
        return _filled(lambda place: self._page(everything, limit, place, forward=forward), limit, after)

    def _page(self, selection: DeliveryFilter, limit: int, after: str | None, *, forward: bool) -> LogPage:
        def read(webhook: str, after: str | None, limit: int) -> Rows:
            return self._read(selection, Order("at", forward), webhook, after, limit)

        webhooks = partitions(f"{selection.owner}/{selection.subscription_id}")
        items, last = merged(read, webhooks, Order("at", forward), limit, after)
        return LogPage([DeliveryRecord.from_item(item) for item in items], last)

    def _read(self, selection: DeliveryFilter, order: Order, webhook: str, after: str | None, limit: int) -> Rows:
        index, name = (BY_STATUS, "webhook_status") if selection.status else (BY_WEBHOOK, "webhook")
        value = f"{webhook}/{selection.status}" if selection.status else webhook
        arguments: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": f"{name} = :value AND #at >= :since",
            "ExpressionAttributeNames": {"#at": "at"},
            "ExpressionAttributeValues": {":value": {"S": value}, ":since": {"S": selection.since}},
            "Limit": limit,
            "ScanIndexForward": order.forward,
        }
        if after:
            key = row_key(selection.owner, after.rpartition("/")[2])
            arguments["ExclusiveStartKey"] = key | {name: {"S": value}, "at": {"S": after}}
        page = self._dynamodb.query(**arguments)
        return Rows(page["Items"], "LastEvaluatedKey" in page)


def _filled(page: Callable[[str | None], LogPage], limit: int, after: str | None) -> LogPage:
    """Return a page of delivered ones, from as many pages of all as it takes."""
    found: list[DeliveryRecord] = []
    for _ in range(_MOST_QUERIES):
        records, after = page(after)
        found += [record for record in records if record.status == "delivered"]
        if len(found) > limit:
            return LogPage(found[:limit], found[limit - 1].place)
        if after is None or len(found) == limit:
            break
    return LogPage(found, after)
