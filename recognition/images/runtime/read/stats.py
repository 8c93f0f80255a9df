"""Usage statistics of an owner: the counters of each day, with costs and savings at Rekognition's list price."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from domain.pricing import REKOGNITION_CALL
from wire.aws.shards import partitions
from wire.http.api import ApiError, Request
from wire.http.query_time import query_day

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

DAYS = 30
MOST_DAYS = 366


class Days(NamedTuple):
    """A range of days; `until` is exclusive."""

    since: date
    until: date


class SavedCalls(TypedDict):
    """Calls of Rekognition that were saved."""

    by_cascade: int
    by_reuse: int


class Dollars(TypedDict):
    """US dollars at list price."""

    spent: float
    saved: float


class Stats(TypedDict):
    """The statistics of a day, or of several days together."""

    uploads: int
    recognized: int
    rejected: int
    rekognition_calls: int
    reused: int
    rekognition_calls_saved: SavedCalls
    dollars: Dollars


def days_of(request: Request, today: date) -> Days:
    """Return the days of the query, by default the last thirty; raises ApiError 400."""
    until = query_day(request, "until") or today + timedelta(days=1)
    since = query_day(request, "since") or max(until, date.min + timedelta(days=DAYS)) - timedelta(days=DAYS)
    if not timedelta() < until - since <= timedelta(days=MOST_DAYS):
        detail = f"since must be before until, which is exclusive, by at most {MOST_DAYS} days."
        raise ApiError(400, "invalid_time", detail)
    return Days(since, until)


class UsageStats:
    """Reads the usage table, keyed by owner and day."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def by_day(self, owner: str, days: Days) -> dict[str, Counter[str]]:
        """Return the counters of each day that has any, newest first, summed over the owner's partitions."""
        found: dict[str, Counter[str]] = {}
        for partition in partitions(owner):
            for row in self._rows(partition, days):
                found.setdefault(row["day"]["S"], Counter()).update(_counters(row))
        return dict(sorted(found.items(), reverse=True))

    def _rows(self, partition: str, days: Days) -> "Sequence[Mapping[str, AttributeValueTypeDef]]":
        """Return the rows of a partition; one page of a query holds a year."""
        return self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="#owner = :owner AND #day BETWEEN :since AND :last",
            ExpressionAttributeNames={"#owner": "owner", "#day": "day"},
            ExpressionAttributeValues={
                ":owner": {"S": partition},
                ":since": {"S": days.since.isoformat()},
                ":last": {"S": (days.until - timedelta(days=1)).isoformat()},
            },
        )["Items"]


def stats(counted: Mapping[str, int]) -> Stats:
    """Return the statistics of these counters."""
    by_cascade, by_reuse = counted["cascade_saved"], counted["reused_rekognition"]
    return {
        "uploads": counted["uploads"],
        "recognized": counted["recognized"],
        "rejected": counted["rejected"],
        "rekognition_calls": counted["rekognition_calls"],
        "reused": counted["reused"],
        "rekognition_calls_saved": {"by_cascade": by_cascade, "by_reuse": by_reuse},
        "dollars": {"spent": _price(counted["rekognition_calls"]), "saved": _price(by_cascade + by_reuse)},
    }


def _counters(row: "Mapping[str, AttributeValueTypeDef]") -> Counter[str]:
    return Counter({name: int(value["N"]) for name, value in row.items() if "N" in value})


def _price(calls: int) -> float:
    return round(calls * REKOGNITION_CALL, 6)
