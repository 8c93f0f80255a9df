"""All that is left when a run is over: objects, rows, dead letters, and the books of everybody outside the app."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from integration.deliveries.runtime.log_row import Logged
from integration.subscriptions.runtime.subscription import Subscription
from recognition.results.runtime.entry import ERASED, Entry
from tests.chaos.clients.owner import QUEUES
from tests.chaos.functions.batches import DELIVER, RECOGNIZE, Batch
from tests.chaos.run.stage import Stage

Item = dict[str, Any]
_ID = re.compile(r'"(?:event_id|delivery_id)":"(\w+)"')


@dataclass(frozen=True)
class Version:
    """One version of an object, as S3 and the event about it say."""

    key: str
    version: str
    content: str
    image_id: str
    sequencer: str


class Evidence:
    """What can be looked at; everything is read once."""

    def __init__(self, at: Stage) -> None:
        self.at = at
        self.promises, self.mischief = at.users.promises, at.mischief
        self._dynamodb = at.deployment.client("dynamodb")
        self.waiting = at.operator.waiting()
        self.refused = [_id(json.loads(line)) for line in at.refused.read_text().splitlines()]
        self.letters = {name: at.operator.letters(name) for name in QUEUES}

    @cached_property
    def stored(self) -> dict[tuple[str, str], str]:
        """What S3 holds: the content (ETag and size) of each key and version; delete markers are empty."""
        s3 = self.at.deployment.client("s3")
        found: dict[tuple[str, str], str] = {}
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=self.at.deployment.endpoints.images_bucket)
        for page in pages:
            found |= {(e["Key"], e["VersionId"]): f"{e['ETag'].strip(chr(34))}-{e['Size']}" for e in page["Versions"]}
            found |= {(each["Key"], each["VersionId"]): "" for each in page.get("DeleteMarkers", ())}
        return found

    @cached_property
    def heard(self) -> dict[tuple[str, str], Version]:
        """What recognise was told of S3's versions, those that are gone by now too."""
        images = (question.image for batch in self.recognised for question in batch.questions)
        return {
            (each.key, each.version): Version(each.key, each.version, each.content, each.image_id, each.sequencer)
            for each in images
            if each.bucket == self.at.deployment.endpoints.images_bucket
        }

    @cached_property
    def recognised(self) -> list[Batch]:
        """The batches of the uploads queue."""
        return self.at.batches.all(RECOGNIZE)

    @cached_property
    def recognitions(self) -> list[Item]:
        """The rows of the table."""
        return list(self._rows("-Recognitions"))

    @cached_property
    def standing(self) -> dict[str, Entry]:
        """The answers that stand, by image id."""
        return {each.image.image_id: each for row in self.recognitions if (each := Entry.standing(row))}

    @cached_property
    def marks(self) -> set[str]:
        """The ids of images of which it is known that they were erased."""
        return {each["image_id"]["S"] for each in self.recognitions if each["sequencer"]["S"] == ERASED}

    @cached_property
    def answers(self) -> list[Item]:
        """The rows of earlier answers, and of answers remembered for their bytes."""
        return list(self._rows("-Answers"))

    @cached_property
    def earlier(self) -> dict[str, list[Entry]]:
        """The answers that were replaced, by image id."""
        found: dict[str, list[Entry]] = {}
        for row in self.answers:
            _, kind, *_ = row["about"]["S"].split("/")
            if kind != "content":
                found.setdefault(kind, []).append(Entry.from_item(row))
        return found

    @cached_property
    def index(self) -> set[tuple[str, str]]:
        """Where images are found: `found_by` and image id."""
        return {(each["found_by"]["S"], each["image_id"]["S"]) for each in self._rows("-Index")}

    @cached_property
    def usage(self) -> dict[str, int]:
        """The counters of all days."""
        total: dict[str, int] = {}
        for row in self._rows("-Usage"):
            for name, said in row.items():
                total[name] = total.get(name, 0) + int(said.get("N", 0))
        return total

    @cached_property
    def subscriptions(self) -> dict[str, Subscription]:
        """Who is told what, by receiver."""
        by_id = {each["subscription_id"]["S"]: Subscription.from_item(each) for each in self._rows("-Subscriptions")}
        return {name: by_id[webhook_id] for name, webhook_id in self.at.owner.webhooks.items()}

    @cached_property
    def _log(self) -> list[Item]:
        return list(self._rows("-DeliveryLog"))

    @cached_property
    def deliveries(self) -> dict[str, Logged]:
        """How each delivery stands, by its id; without those of erased images."""
        heads = [each for each in self._log if "/" not in each["delivery"]["S"] and "said" in each]
        return {each["delivery"]["S"]: Logged.from_item(each) for each in heads}

    @cached_property
    def forgotten(self) -> set[str]:
        """The ids of deliveries of which the log says only that their image was erased."""
        return {each["delivery"]["S"] for each in self._log if "erased" in each}

    @cached_property
    def attempts(self) -> dict[str, int]:
        """How many attempts the log holds of each delivery."""
        counted: dict[str, int] = {}
        for each in self._log:
            delivery_id, _, attempt = each["delivery"]["S"].partition("/")
            counted[delivery_id] = counted.get(delivery_id, 0) + bool(attempt)
        return counted

    def bodies_of(self, delivery_id: str) -> list[str]:
        """The messages by which deliver had this delivery in hand."""
        held = [each["body"] for batch in self.at.batches.all(DELIVER) for each in batch.messages]
        return [each for each in (*held, *(body for _, body in self.at.batches.taken)) if delivery_id in each]

    def _rows(self, table: str) -> Iterator[Item]:
        names = self._dynamodb.list_tables()["TableNames"]
        name = next(each for each in names if table in each)
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
            yield from page["Items"]


def _id(message: str) -> str:
    """The event or delivery that a message is about, how it begins if it is about neither."""
    found = _ID.search(message)
    return found[1] if found else message
