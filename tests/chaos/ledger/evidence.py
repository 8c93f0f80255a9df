"""The evidence when a run is over: objects, rows, dead letters, and what clients and servers recorded."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from integration.deliveries.runtime.log.row import DeliveryRecord
from integration.subscriptions.runtime.subscription import Subscription
from recognition.results.runtime.entry import ERASED_ORDER, Entry
from tests.chaos.clients.owner import QUEUES
from tests.chaos.functions.batches import RECOGNIZE, Batch
from tests.chaos.run.stage import Stage

Item = dict[str, Any]
_ID = re.compile(r'"(?:event_id|delivery_id)":"(\w+)"')


@dataclass(frozen=True)
class Version:
    """One version of an object, as S3 and its event describe it."""

    key: str
    version: str
    content: str
    image_id: str
    sequencer: str


class Evidence:
    """The evidence of a run that is over; each kind is read once, at its first use."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.acknowledged, self.faults = stage.users.acknowledged, stage.faults
        self._dynamodb = stage.deployment.client("dynamodb")
        self.waiting = stage.operator.waiting()
        self.refused = [_id(json.loads(line)) for line in stage.refused.read_text().splitlines()]
        self.dead_letters = {name: stage.operator.dead_letters(name) for name in QUEUES}

    @cached_property
    def stored(self) -> dict[tuple[str, str], str]:
        """The content (ETag and size) in S3 by key and version; that of a delete marker is empty."""
        s3 = self.stage.deployment.client("s3")
        found: dict[tuple[str, str], str] = {}
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=self.stage.deployment.endpoints.images_bucket)
        for page in pages:
            found |= {(e["Key"], e["VersionId"]): f"{e['ETag'].strip(chr(34))}-{e['Size']}" for e in page["Versions"]}
            found |= {(marker["Key"], marker["VersionId"]): "" for marker in page.get("DeleteMarkers", ())}
        return found

    @cached_property
    def received(self) -> dict[tuple[str, str], Version]:
        """The versions whose events recognize received, erased ones included."""
        images = (request.image for batch in self.uploads for request in batch.requests)
        return {
            (image.key, image.version): Version(
                image.key, image.version, image.content, image.image_id, image.sequencer
            )
            for image in images
            if image.bucket == self.stage.deployment.endpoints.images_bucket
        }

    @cached_property
    def uploads(self) -> list[Batch]:
        """The batches of the uploads queue."""
        return self.stage.batches.all(RECOGNIZE)

    @cached_property
    def recognitions(self) -> list[Item]:
        """The rows of the recognitions table."""
        return list(self._rows("-Recognitions"))

    @cached_property
    def current(self) -> dict[str, Entry]:
        """The current outcome of each image, by image id."""
        return {entry.image.image_id: entry for row in self.recognitions if (entry := Entry.unless_erased(row))}

    @cached_property
    def marks(self) -> set[str]:
        """The ids of images that are marked as erased."""
        return {row["image_id"]["S"] for row in self.recognitions if row["sequencer"]["S"] == ERASED_ORDER}

    @cached_property
    def earlier_and_cached(self) -> list[Item]:
        """The rows of earlier outcomes and of cached results."""
        return list(self._rows("-Answers"))

    @cached_property
    def earlier(self) -> dict[str, list[Entry]]:
        """The replaced outcomes, by image id."""
        found: dict[str, list[Entry]] = {}
        for row in self.earlier_and_cached:
            _, kind, *_ = row["about"]["S"].split("/")
            if kind != "content":
                found.setdefault(kind, []).append(Entry.from_item(row))
        return found

    @cached_property
    def index(self) -> set[tuple[str, str]]:
        """The index rows: `found_by` and image id."""
        return {(row["found_by"]["S"], row["image_id"]["S"]) for row in self._rows("-Index")}

    @cached_property
    def usage(self) -> dict[str, int]:
        """The counters, summed over all days."""
        total: dict[str, int] = {}
        for row in self._rows("-Usage"):
            for name, value in row.items():
                total[name] = total.get(name, 0) + int(value.get("N", 0))
        return total

    @cached_property
    def subscriptions(self) -> dict[str, Subscription]:
        """The subscriptions, by receiver."""
        rows = [row for row in self._rows("-Subscriptions") if "url" in row]  # others count registrations
        by_id = {row["subscription_id"]["S"]: Subscription.from_item(row) for row in rows}
        return {name: by_id[webhook_id] for name, webhook_id in self.stage.owner.webhooks.items()}

    @cached_property
    def _log(self) -> list[Item]:
        return list(self._rows("-DeliveryLog"))

    @cached_property
    def deliveries(self) -> dict[str, DeliveryRecord]:
        """The log's record of each delivery, by its id, but for those of erased images."""
        heads = [row for row in self._log if "/" not in row["delivery"]["S"] and "said" in row]
        return {row["delivery"]["S"]: DeliveryRecord.from_item(row) for row in heads}

    @cached_property
    def erased_deliveries(self) -> set[str]:
        """The ids of deliveries of which the log keeps only the mark of an erasure."""
        return {row["delivery"]["S"] for row in self._log if "erased" in row}

    @cached_property
    def attempts(self) -> dict[str, int]:
        """The number of attempts in the log, by delivery id."""
        counted: dict[str, int] = {}
        for row in self._log:
            delivery_id, _, attempt = row["delivery"]["S"].partition("/")
            counted[delivery_id] = counted.get(delivery_id, 0) + bool(attempt or "only" in row)
        return counted

    @property
    def outcomes(self) -> list[Entry]:
        """All stored outcomes, current and earlier."""
        return [*self.current.values(), *(entry for entries in self.earlier.values() for entry in entries)]

    def is_of_failed_batch(self, entry: Entry) -> bool:
        """Return True if a batch with the request of this outcome failed."""
        failed = (batch for batch in self.uploads if batch.error)
        return any(
            request.key == entry.key and request.order == entry.order for batch in failed for request in batch.requests
        )

    def _rows(self, table: str) -> Iterator[Item]:
        names = self._dynamodb.list_tables()["TableNames"]
        name = next(name for name in names if table in name)
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
            yield from (row for row in page["Items"] if "begun" not in row)  # those count tries of messages


def _id(message: str) -> str:
    """Return the id of the event or delivery in a message, or the message itself if it has none."""
    found = _ID.search(message)
    return found[1] if found else message
