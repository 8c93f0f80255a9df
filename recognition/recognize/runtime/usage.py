"""The usage counters of an owner and a day: images, outcomes, paid calls and saved calls."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from domain.clock import now
from domain.detectors import DETECTORS
from domain.recognition import Recognition
from recognition.results.runtime.entry import Entry
from wire.aws.shards import partition

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class Usage:
    """The usage table, keyed by owner and day (UTC).

    Counters of paid calls are in the owner's first partition, where quotas judge them by one condition: Rekognition is
    slower than a partition. All others are in the partition of an image, and the day's counter is their sum.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def count(self, entries: Iterable[Entry]) -> None:
        """Add new entries to their owners' counters of today, one call per owner."""
        for place, counted in _by_owner(entries).items():
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"owner": {"S": place}, "day": {"S": f"{now():%Y-%m-%d}"}},
                UpdateExpression="ADD " + ", ".join(f"#{name} :{name}" for name in counted),
                ExpressionAttributeNames={f"#{name}": name for name in counted},
                ExpressionAttributeValues={f":{name}": {"N": str(count)} for name, count in counted.items()},
            )


def _by_owner(entries: Iterable[Entry]) -> dict[str, Counter[str]]:
    """Return what to add, by partition: for each owner, to that of the first image, or of the paid calls."""
    owners: dict[str, Counter[str]] = {}
    first: dict[str, str] = {}
    for entry in entries:
        owner = entry.image.owner
        owners.setdefault(owner, Counter()).update(counters(entry))
        first.setdefault(owner, partition(owner, entry.image.image_id))
    return {owner if "rekognition_calls" in counted else first[owner]: counted for owner, counted in owners.items()}


def counters(entry: Entry) -> Counter[str]:
    """Return what an entry adds to its owner's counters.

    Calls are counted in units of `DetectorSpec.paid_calls`. A call is saved if a cascade used the result of a detector
    that costs less, or if a paid result was reused.
    """
    counted = Counter([entry.status] if entry.request else ["uploads", entry.status])
    if isinstance(entry.outcome, Recognition):
        counted.update(_reused(entry.outcome) if entry.reused_from else _spent(entry.outcome))
    return counted


def _reused(recognition: Recognition) -> Counter[str]:
    return +Counter(reused=1, reused_rekognition=DETECTORS[recognition.detector].paid_calls)


def _spent(recognition: Recognition) -> Counter[str]:
    paid = DETECTORS[recognition.detector].paid_calls
    saved = DETECTORS[recognition.asked].paid_calls - paid
    return +Counter(rekognition_calls=paid, cascade_saved=saved)
