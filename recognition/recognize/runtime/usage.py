"""What an owner's images came to on a day, counted in the usage table."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from domain.clock import now
from domain.recognition import Recognition
from recognition.results.runtime.entry import Entry


class Usage:
    """The counters, by owner and day (UTC)."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def count(self, entries: Iterable[Entry]) -> None:
        """Add new answers to their owners' counters of today, one request for each owner."""
        for owner, counted in _by_owner(entries).items():
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"owner": {"S": owner}, "day": {"S": f"{now():%Y-%m-%d}"}},
                UpdateExpression="ADD " + ", ".join(f"#{name} :{name}" for name in counted),
                ExpressionAttributeNames={f"#{name}": name for name in counted},
                ExpressionAttributeValues={f":{name}": {"N": str(count)} for name, count in counted.items()},
            )


def _by_owner(entries: Iterable[Entry]) -> dict[str, Counter[str]]:
    owners: dict[str, Counter[str]] = {}
    for entry in entries:
        owners.setdefault(entry.image.owner, Counter()).update(counters(entry))
    return owners


def counters(entry: Entry) -> list[str]:
    """The counters that one more such answer adds to.

    A call of Rekognition is counted where it answered; one is saved where a cascade could do with the edge model's
    answer, and where an answer of Rekognition is used again.
    """
    counted = [entry.status] if entry.request else ["uploads", entry.status]
    if not isinstance(entry.outcome, Recognition):
        return counted
    paid = entry.outcome.detector == "rekognition"
    if entry.reused_from:
        return [*counted, "reused", *(("reused_rekognition",) if paid else ())]
    return counted + (["rekognition_calls"] if paid else ["cascade_saved"] * (entry.outcome.asked == "cascade"))
