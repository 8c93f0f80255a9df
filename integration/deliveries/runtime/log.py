"""The log of Deliveries in DynamoDB, keyed by owner and delivery; rows go after thirty days.

A delivery's id begins like its image's, so all that was sent of an image lies together.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.event import ERASED
from domain.ids import digest
from integration.deliveries.runtime.delivery import Delivery, shared_prefix
from integration.deliveries.runtime.log_row import Logged, erased_item
from wire.aws.rows import Item, delete, put, read, write

BY_WEBHOOK, BY_STATUS = "by_webhook", "by_status"


class DeliveryLog:
    """The collection; every method raises botocore's errors, or UndoneError."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def write(self, items: Iterable[Item]) -> None:
        """Put these rows, of two for one key the later; one request for twenty-five."""
        latest = {(each["owner"]["S"], each["delivery"]["S"]): each for each in items}
        write(self._dynamodb, (put(self._table, each) for each in latest.values()))

    def one(self, owner: str, delivery_id: str) -> Logged | None:
        """A delivery with all its attempts."""
        rows = self._rows(owner, delivery_id)
        return next((each for each in _assembled(rows) if each.delivery_id == delivery_id), None)

    def of_image(self, owner: str, image_id: str) -> list[Logged]:
        """All that was sent of an image, with all attempts."""
        return [each for each in _assembled(self._rows(owner, shared_prefix(image_id))) if each.image_id == image_id]

    def page(
        self, owner: str, subscription_id: str, status: str | None, limit: int, after: str | None = None
    ) -> tuple[list[Logged], str | None]:
        """The newest of a subscription's deliveries, by the time of what they tell, and where to go on from."""
        return self._query(owner, subscription_id, status, after, Limit=limit, ScanIndexForward=False)

    def since(
        self, owner: str, subscription_id: str, status: str | None, timestamp: str, limit: int, after: str | None = None
    ) -> tuple[list[Logged], str | None]:
        """The oldest of a subscription's deliveries that tell of this time or later, and where to go on from."""
        return self._query(owner, subscription_id, status, after, timestamp, Limit=limit)

    def whole(self, logged: Iterable[Logged]) -> list[Logged]:
        """The same deliveries with their bodies, which no index holds."""
        keys = [_key(each.owner, each.delivery_id) for each in logged]
        found = [item for item in self._read(keys) if "said" in item]
        return [Logged.from_item(each) for each in found]

    def erased(self, deliveries: Iterable[Delivery]) -> set[tuple[str, str]]:
        """Those of these deliveries, by owner and id, that tell of an image which was erased since."""
        of = {(each.owner, each.delivery_id): each.image_id for each in deliveries if each.type != ERASED}
        images = {(owner, _mark(image_id)) for (owner, _), image_id in of.items()}
        found = self._read([_key(*each) for each in {*of, *images}]) if of else []
        gone = {(each["owner"]["S"], each["delivery"]["S"]) for each in found if "erased" in each}
        return {key for key, image_id in of.items() if key in gone or (key[0], _mark(image_id)) in gone}

    def forget(self, unwatched: Iterable[Delivery], written: Iterable[Item], now: float) -> None:
        """Of rows just written keep nothing of images that were erased meanwhile: their erasure did not see them."""
        erased = self.erased(unwatched)
        keys = {(each["owner"]["S"], each["delivery"]["S"]) for each in written} if erased else set()
        ours = {(owner, name) for owner, name in keys if (owner, name.partition("/")[0]) in erased}
        whole = [put(self._table, erased_item(owner, name, now)) for owner, name in ours if "/" not in name]
        write(self._dynamodb, [*whole, *(delete(self._table, _key(*each)) for each in ours if "/" in each[1])])

    def erase(self, owner: str, image_id: str, now: float) -> None:
        """Remove all that the log holds of an image, but that it is to be sent no more and who was told of this.

        Its mark comes first: who writes a row of it afterwards sees the mark, and a row written before is found here.
        """
        self.write([erased_item(owner, _mark(image_id), now)])
        rows = list(self._rows(owner, shared_prefix(image_id)))
        ours = {each.delivery_id for each in _assembled(rows) if each.image_id == image_id and each.type != ERASED}
        names = [each["delivery"]["S"] for each in rows]
        attempts = [each for each in names if "/" in each and each.partition("/")[0] in ours]
        tombstones = [put(self._table, erased_item(owner, each, now)) for each in ours]
        write(self._dynamodb, [*tombstones, *(delete(self._table, _key(owner, each)) for each in attempts)])

    def _query(
        self, owner: str, subscription_id: str, status: str | None, after: str | None, since: str = "0", **more: Any
    ) -> tuple[list[Logged], str | None]:
        index, name = (BY_STATUS, "webhook_status") if status else (BY_WEBHOOK, "webhook")
        whose = "/".join(filter(None, (owner, subscription_id, status)))
        start = {"ExclusiveStartKey": _index_key(owner, name, whose, after)} if after else {}
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression=f"{name} = :whose AND #at >= :since",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":whose": {"S": whose}, ":since": {"S": since}},
            **start,
            **more,
        )
        last = answer.get("LastEvaluatedKey")
        return [Logged.from_item(each) for each in answer["Items"]], last["at"]["S"] if last else None

    def _rows(self, owner: str, prefix: str) -> Iterator[Item]:
        start: dict[str, Any] = {}
        while True:
            answer = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="#owner = :owner AND begins_with(delivery, :prefix)",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": owner}, ":prefix": {"S": prefix}},
                ConsistentRead=True,
                **start,
            )
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _read(self, keys: list[Item]) -> list[Item]:
        return read(self._dynamodb, {self._table: keys}, consistent={self._table})[self._table]


def _assembled(rows: Iterable[Item]) -> list[Logged]:
    """Deliveries with their attempts; the rows are in the order of their keys, a delivery before its attempts."""
    heads: dict[str, Item] = {}
    attempts: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        delivery_id, _, attempt = row["delivery"]["S"].partition("/")
        if attempt:
            attempts.setdefault(delivery_id, []).append(json.loads(row["said"]["S"]))
        elif "said" in row:
            heads[delivery_id] = row
    return [Logged.from_item(row, tuple(attempts.get(delivery_id, ()))) for delivery_id, row in heads.items()]


def _mark(image_id: str) -> str:
    """Where it says that an image was erased: among its deliveries, and none itself."""
    return f"{shared_prefix(image_id)}~{digest(image_id)[:12]}"


def _key(owner: str, delivery: str) -> Item:
    return {"owner": {"S": owner}, "delivery": {"S": delivery}}


def _index_key(owner: str, name: str, whose: str, at: str) -> Item:
    return _key(owner, at.rpartition("/")[2]) | {name: {"S": whose}, "at": {"S": at}}
