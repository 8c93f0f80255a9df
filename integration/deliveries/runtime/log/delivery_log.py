"""The log of Deliveries in DynamoDB, keyed by owner and image (`about`), and by delivery; rows expire after a month.

All deliveries about one image lie together, because their ids begin like the image's.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from domain.event import ERASED
from domain.ids import digest
from integration.deliveries.runtime.delivery import Delivery, shared_prefix
from integration.deliveries.runtime.log.row import DeliveryRecord, LoggedAttempt, erased_item, row_key
from wire.aws.rows import Item, UndoneError, delete, put, query, read, write

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


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
        latest = {_keys(item): item for item in items}
        write(self._dynamodb, (put(self._table, item) for item in latest.values()))

    def add(self, items: Iterable[Item]) -> list[Item]:
        """Insert rows of states; return those whose delivery is in the log, which stay as they are."""
        from wire.aws.inserts import Insert, InsertError, insert  # botocore, without which deliver starts

        rows = list({_keys(item): item for item in items}.values())
        try:
            results = insert(self._dynamodb, self._table, rows)
        except InsertError as error:
            raise UndoneError("no rows of the delivery log were inserted") from error
        if any(result in (Insert.UNDONE, Insert.REFUSED) for result in results):
            raise UndoneError("rows of the delivery log were not inserted")
        return [row for row, result in zip(rows, results, strict=True) if result is Insert.EXISTS]

    def record(self, items: Iterable[Item]) -> None:
        """Store rows of states, of attempts and of tombstones. A state does not replace `delivered`, or a tombstone.

        Messages come twice, so a delivery that has been accepted may fail, or be dropped, afterwards. A first attempt's
        state is most often new; where another row exists, the attempt that it tells itself gets a row of its own.
        """
        rows = list(items)
        states = [row for row in rows if "webhook" in row]
        firsts: dict[tuple[str, str], Item] = {}
        later: list[Item] = []
        for state in states:
            key = _keys(state)
            if key in firsts or DeliveryRecord.from_item(state).tries > 1:
                later.append(state)
            else:
                firsts[key] = state
        later = [*self.add(firsts.values()), *later]
        attempts = [row | {"expires": state["expires"]} for state in later if (row := _only_attempt(state))]
        self.write([*(row for row in rows if "webhook" not in row), *attempts, *self._not_final(later)])

    def get(self, owner: str, delivery_id: str) -> DeliveryRecord | None:
        """Return a delivery with all its attempts."""
        records = _assemble(self._rows(owner, delivery_id))
        return next((record for record in records if record.delivery_id == delivery_id), None)

    def of_image(self, owner: str, image_id: str) -> list[DeliveryRecord]:
        """Return all deliveries about an image, with all their attempts."""
        records = _assemble(self._rows(owner, shared_prefix(image_id)))
        return [record for record in records if record.image_id == image_id]

    def with_bodies(self, records: Iterable[DeliveryRecord]) -> list[DeliveryRecord]:
        """Return the same deliveries with their bodies, which no index holds."""
        keys = [row_key(record.owner, record.delivery_id) for record in records]
        return [DeliveryRecord.from_item(item) for item in self._read(keys) if "said" in item]

    def look_up(self, deliveries: Collection[Delivery]) -> Logged:
        """Return what the log knows of these deliveries, by one read."""
        keys = {(delivery.subscription.owner, delivery.delivery_id): delivery for delivery in deliveries}
        images = {key: delivery.image_id for key, delivery in keys.items() if delivery.type != ERASED}
        marks = {(owner, _mark(image_id)) for (owner, _), image_id in images.items()}
        rows = self._read([row_key(*key) for key in {*keys, *marks}]) if keys else []
        found = {_keys(item): item for item in rows}
        gone = {key for key, item in found.items() if "erased" in item}
        erased = {key for key, image_id in images.items() if key in gone or (key[0], _mark(image_id)) in gone}
        return Logged(
            erased, {key: DeliveryRecord.from_item(found[key]) for key in keys if "said" in found.get(key, ())}
        )

    def forget_erased(self, candidates: Iterable[Delivery], written: Collection[Item], now: float) -> None:
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
        rows = [*written, *filter(None, map(_only_attempt, written))] if erased else []
        keys = {_keys(item) for item in rows}
        affected = {(owner, name) for owner, name in keys if (owner, name.partition("/")[0]) in erased}
        tombstones = [put(self._table, erased_item(owner, name, now)) for owner, name in affected if "/" not in name]
        attempts = [delete(self._table, row_key(owner, name)) for owner, name in affected if "/" in name]
        write(self._dynamodb, [*tombstones, *attempts])

    def _marks(self, images: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return the keys of the marks of those of these images, given by owner and id, that have been erased."""
        found = self._read([row_key(owner, _mark(image_id)) for owner, image_id in images]) if images else []
        return {_keys(item) for item in found}

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
        write(self._dynamodb, [*tombstones, *(delete(self._table, row_key(owner, name)) for name in attempts)])

    def _not_final(self, states: Sequence[Item]) -> list[Item]:
        """Return those of these states, as they are put, whose deliveries are neither delivered nor erased by now.

        Another worker may write within the milliseconds between this read and the put. If it has delivered, its row is
        replaced, and the attempt that it tells is lost; a message that failed is tried until it is delivered again.
        """
        found = self._read([row_key(*key) for key in {_keys(state) for state in states}]) if states else []
        final = {_keys(row) for row in found if "webhook_status" not in row}
        open_states = [state for state in states if _keys(state) not in final]
        return [{name: value for name, value in state.items() if name != "only"} for state in open_states]

    def _rows(self, owner: str, prefix: str) -> Iterator[Item]:
        return query(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="about = :about AND begins_with(delivery, :prefix)",
            ExpressionAttributeValues={":about": row_key(owner, prefix)["about"], ":prefix": {"S": prefix}},
            ConsistentRead=True,
        )

    def _read(self, keys: list[Item]) -> list[Item]:
        return read(self._dynamodb, {self._table: keys}, consistent={self._table})[self._table]


def _assemble(rows: Iterable[Item]) -> list[DeliveryRecord]:
    """Return deliveries with their attempts; a delivery's row comes before those of its attempts, as keys sort."""
    heads: dict[str, Item] = {}
    attempts: dict[str, dict[str, LoggedAttempt]] = {}
    for row in rows:
        if "webhook" in row:
            heads[row["delivery"]["S"]] = row
        attempt = _only_attempt(row) or row
        delivery_id, _, moment = attempt["delivery"]["S"].partition("/")
        if moment:
            attempts.setdefault(delivery_id, {})[moment] = json.loads(attempt["said"]["S"])
    found = {delivery_id: [own[key] for key in sorted(own)] for delivery_id, own in attempts.items()}
    return [DeliveryRecord.from_item(row, found.get(delivery_id, ())) for delivery_id, row in heads.items()]


def _only_attempt(row: Item) -> Item | None:
    """Return the row of the attempt that the row of a state tells itself, if it does; any other row tells none."""
    return DeliveryRecord.from_item(row).only_attempt() if "only" in row else None


def _mark(image_id: str) -> str:
    """Return the key of the row that marks an image as erased; it lies among the image's deliveries and is none."""
    return f"{shared_prefix(image_id)}~{digest(image_id)[:12]}"


def _keys(row: Item) -> tuple[str, str]:
    """Return the owner and the name of a row."""
    return row["about"]["S"].rpartition("/")[0], row["delivery"]["S"]
