"""The log of Deliveries in DynamoDB, keyed by owner and delivery; rows expire after thirty days.

All deliveries about one image lie together, because their ids begin like the image's.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from domain.event import ERASED
from domain.ids import digest
from integration.deliveries.runtime.delivery import Delivery, shared_prefix
from integration.deliveries.runtime.log_row import DeliveryRecord, LoggedAttempt, erased_item
from wire.aws.rows import Item, delete, put, query, read, write

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

BY_WEBHOOK, BY_STATUS = "by_webhook", "by_status"


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


class Logged(NamedTuple):
    """Deliveries in the log, by owner and id: those whose image has been erased, and the records."""

    erased: set[tuple[str, str]]
    records: dict[tuple[str, str], DeliveryRecord]


class DeliveryLog:
    """The log; every method raises botocore's errors, or UndoneError."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def write(self, items: Iterable[Item]) -> None:
        """Put these rows, twenty-five with each request; of two rows with one key, put the later one only."""
        latest = {(item["owner"]["S"], item["delivery"]["S"]): item for item in items}
        write(self._dynamodb, (put(self._table, item) for item in latest.values()))

    def get(self, owner: str, delivery_id: str) -> DeliveryRecord | None:
        """Return a delivery with all its attempts."""
        records = _assemble(self._rows(owner, delivery_id))
        return next((record for record in records if record.delivery_id == delivery_id), None)

    def of_image(self, owner: str, image_id: str) -> list[DeliveryRecord]:
        """Return all deliveries about an image, with all their attempts."""
        records = _assemble(self._rows(owner, shared_prefix(image_id)))
        return [record for record in records if record.image_id == image_id]

    def newest(self, selection: DeliveryFilter, limit: int, after: str | None = None) -> LogPage:
        """Return a page of deliveries, without bodies, by the times of their events, the newest first."""
        return self._page(selection, limit, after, forward=False)

    def oldest(self, selection: DeliveryFilter, limit: int, after: str | None = None) -> LogPage:
        """Return a page of deliveries, without bodies, by the times of their events, the oldest first."""
        return self._page(selection, limit, after, forward=True)

    def with_bodies(self, records: Iterable[DeliveryRecord]) -> list[DeliveryRecord]:
        """Return the same deliveries with their bodies, which no index holds."""
        keys = [_key(record.owner, record.delivery_id) for record in records]
        return [DeliveryRecord.from_item(item) for item in self._read(keys) if "said" in item]

    def look_up(self, deliveries: Collection[Delivery]) -> Logged:
        """Return what the log knows of these deliveries, by one read."""
        keys = {(delivery.subscription.owner, delivery.delivery_id): delivery for delivery in deliveries}
        images = {key: delivery.image_id for key, delivery in keys.items() if delivery.type != ERASED}
        marks = {(owner, _mark(image_id)) for (owner, _), image_id in images.items()}
        rows = self._read([_key(*key) for key in {*keys, *marks}]) if keys else []
        found = {(item["owner"]["S"], item["delivery"]["S"]): item for item in rows}
        gone = {key for key, item in found.items() if "erased" in item}
        erased = {key for key, image_id in images.items() if key in gone or (key[0], _mark(image_id)) in gone}
        return Logged(
            erased, {key: DeliveryRecord.from_item(found[key]) for key in keys if "said" in found.get(key, ())}
        )

    def forget_erased(self, candidates: Iterable[Delivery], written: Iterable[Item], now: float) -> None:
        """Remove rows just written about images that were erased meanwhile, which their erasure did not find.

        An erasure puts its mark before it looks for rows. A row written after that look is thus found here: its
        writer reads the mark after the write. Both may remove the same row, which does no harm.
        """
        images = {
            (delivery.subscription.owner, delivery.delivery_id): delivery.image_id
            for delivery in candidates
            if delivery.type != ERASED and delivery.image_id
        }
        marks = self._marks({(owner, image_id) for (owner, _), image_id in images.items()})
        erased = {key for key, image_id in images.items() if (key[0], _mark(image_id)) in marks}
        keys = {(item["owner"]["S"], item["delivery"]["S"]) for item in written} if erased else set()
        affected = {(owner, name) for owner, name in keys if (owner, name.partition("/")[0]) in erased}
        tombstones = [put(self._table, erased_item(owner, name, now)) for owner, name in affected if "/" not in name]
        attempts = [delete(self._table, _key(owner, name)) for owner, name in affected if "/" in name]
        write(self._dynamodb, [*tombstones, *attempts])

    def _marks(self, images: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return the keys of the marks of those of these images, given by owner and id, that have been erased."""
        found = self._read([_key(owner, _mark(image_id)) for owner, image_id in images]) if images else []
        return {(item["owner"]["S"], item["delivery"]["S"]) for item in found}

    def erase(self, owner: str, image_id: str, now: float) -> None:
        """Remove everything about an image, but for its deliveries' ids and the deliveries of `image.erased`.

        The mark is put first: a row written afterwards is removed by its writer, which reads the mark; a row
        written before is found here.
        """
        self.write([erased_item(owner, _mark(image_id), now)])
        rows = list(self._rows(owner, shared_prefix(image_id)))
        deliveries = {
            record.delivery_id for record in _assemble(rows) if record.image_id == image_id and record.type != ERASED
        }
        names = [row["delivery"]["S"] for row in rows]
        attempts = [name for name in names if "/" in name and name.partition("/")[0] in deliveries]
        tombstones = [put(self._table, erased_item(owner, delivery_id, now)) for delivery_id in deliveries]
        write(self._dynamodb, [*tombstones, *(delete(self._table, _key(owner, name)) for name in attempts)])

    def _page(self, selection: DeliveryFilter, limit: int, after: str | None, *, forward: bool) -> LogPage:
        index, name = (BY_STATUS, "webhook_status") if selection.status else (BY_WEBHOOK, "webhook")
        value = "/".join(filter(None, (selection.owner, selection.subscription_id, selection.status)))
        arguments: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": f"{name} = :value AND #at >= :since",
            "ExpressionAttributeNames": {"#at": "at"},
            "ExpressionAttributeValues": {":value": {"S": value}, ":since": {"S": selection.since}},
            "Limit": limit,
            "ScanIndexForward": forward,
        }
        if after:
            arguments["ExclusiveStartKey"] = _index_key(selection.owner, name, value, after)
        page = self._dynamodb.query(**arguments)
        last = page.get("LastEvaluatedKey")
        return LogPage([DeliveryRecord.from_item(item) for item in page["Items"]], last["at"]["S"] if last else None)

    def _rows(self, owner: str, prefix: str) -> Iterator[Item]:
        return query(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="#owner = :owner AND begins_with(delivery, :prefix)",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}, ":prefix": {"S": prefix}},
            ConsistentRead=True,
        )

    def _read(self, keys: list[Item]) -> list[Item]:
        return read(self._dynamodb, {self._table: keys}, consistent={self._table})[self._table]


def _assemble(rows: Iterable[Item]) -> list[DeliveryRecord]:
    """Return deliveries with their attempts; a delivery's row comes before those of its attempts, as keys sort."""
    heads: dict[str, Item] = {}
    attempts: dict[str, list[LoggedAttempt]] = {}
    for row in rows:
        delivery_id, _, attempt = row["delivery"]["S"].partition("/")
        if attempt:
            attempts.setdefault(delivery_id, []).append(json.loads(row["said"]["S"]))
        elif "said" in row:
            heads[delivery_id] = row
    return [DeliveryRecord.from_item(row, attempts.get(delivery_id, ())) for delivery_id, row in heads.items()]


def _mark(image_id: str) -> str:
    """Return the key of the row that marks an image as erased; it lies among the image's deliveries and is none."""
    return f"{shared_prefix(image_id)}~{digest(image_id)[:12]}"


def _key(owner: str, delivery: str) -> Item:
    return {"owner": {"S": owner}, "delivery": {"S": delivery}}


def _index_key(owner: str, name: str, value: str, at: str) -> Item:
    return _key(owner, at.rpartition("/")[2]) | {name: {"S": value}, "at": {"S": at}}
