"""What an owner's days came to: what was counted, and what that cost or saved at Rekognition's list price."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from domain.pricing import REKOGNITION_CALL
from wire.http.api import ApiError, Request
from wire.http.query_time import query_day

DAYS = 30
MOST_DAYS = 366
_COUNTED = ("uploads", "recognized", "rejected", "rekognition_calls", "reused")


def days(request: Request, today: date) -> tuple[date, date]:
    """The first day asked for and the one after the last, by default the last thirty; raises ApiError 400."""
    until = query_day(request, "until") or today + timedelta(days=1)
    since = query_day(request, "since") or max(until, date.min + timedelta(days=DAYS)) - timedelta(days=DAYS)
    if not timedelta() < until - since <= timedelta(days=MOST_DAYS):
        detail = f"since must be before until, which is itself not included, by at most {MOST_DAYS} days."
        raise ApiError(400, "invalid_time", detail)
    return since, until


class UsageDays:
    """The days' counters, kept in DynamoDB by owner and day."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def between(self, owner: str, since: date, until: date) -> dict[str, Counter[str]]:
        """What was counted on each day that anything was, newest first; of at most a year it is one request."""
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="#owner = :owner AND #day BETWEEN :since AND :last",
            ExpressionAttributeNames={"#owner": "owner", "#day": "day"},
            ExpressionAttributeValues={
                ":owner": {"S": owner},
                ":since": {"S": since.isoformat()},
                ":last": {"S": (until - timedelta(days=1)).isoformat()},
            },
            ScanIndexForward=False,
        )
        return {item["day"]["S"]: _counters(item) for item in answer["Items"]}


def came_to(counted: Mapping[str, int]) -> dict[str, Any]:
    """The JSON form callers see of a day, or of all together."""
    by_cascade, by_reuse = counted["cascade_saved"], counted["reused_rekognition"]
    return {name: counted[name] for name in _COUNTED} | {
        "rekognition_calls_saved": {"by_cascade": by_cascade, "by_reuse": by_reuse},
        "dollars": {"spent": _price(counted["rekognition_calls"]), "saved": _price(by_cascade + by_reuse)},
    }


def _counters(item: Mapping[str, Mapping[str, str]]) -> Counter[str]:
    return Counter({name: int(value["N"]) for name, value in item.items() if "N" in value})


def _price(calls: int) -> float:
    return round(calls * REKOGNITION_CALL, 6)
