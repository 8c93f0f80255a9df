"""Usage statistics by day, under moto."""

from datetime import date
from types import ModuleType
from typing import Any

import pytest

from tests.recognition.caller import call
from tests.recognition.conftest import Account

STATS = "GET /images/stats"


def count(account: Account, day: str, owner: str = "ann", **counted: int) -> None:
    row = {"owner": {"S": owner}, "day": {"S": day}} | {name: {"N": str(n)} for name, n in counted.items()}
    account.dynamodb.put_item(TableName="usage", Item=row)


@pytest.fixture
def stocked(account: Account, images: ModuleType) -> ModuleType:
    count(account, "2026-11-19", uploads=1, recognized=1, rekognition_calls=1, admitted=5)
    count(account, "2026-11-20", uploads=4, recognized=3, rejected=1, rekognition_calls=2, cascade_saved=1)
    count(account, "2026-11-21", uploads=9, recognized=9, reused=9, reused_rekognition=8)
    count(account, "2026-11-21", owner="bob", uploads=99)
    return images


def stats(module: ModuleType, **query: str) -> dict[str, Any]:
    status, body = call(module, STATS, query=query)
    assert status == 200
    return body


def test_days_are_counted_and_priced(stocked: ModuleType) -> None:
    body = stats(stocked, since="2026-11-20", until="2026-11-22")
    assert [item["day"] for item in body["items"]] == ["2026-11-21", "2026-11-20"]
    assert body["items"][1] == {
        "day": "2026-11-20",
        "uploads": 4,
        "recognized": 3,
        "rejected": 1,
        "rekognition_calls": 2,
        "reused": 0,
        "rekognition_calls_saved": {"by_cascade": 1, "by_reuse": 0},
        "dollars": {"spent": 0.002, "saved": 0.001},
    }
    assert body["total"]["rekognition_calls_saved"] == {"by_cascade": 1, "by_reuse": 8}
    assert body["total"]["dollars"] == {"spent": 0.002, "saved": 0.009}
    assert (body["since"], body["until"]) == ("2026-11-20", "2026-11-22")


def test_a_day_is_the_sum_of_its_partitions_after_shards_were_raised(
    stocked: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stats(stocked)
    monkeypatch.setenv("SHARDS", "4")
    assert stats(stocked)["items"] == before["items"]
    count(account, "2026-11-20", owner="ann/3", uploads=2, recognized=2)
    count(account, "2026-11-22", owner="ann/1", uploads=1)
    count(account, "2026-11-22", owner="bob/1", uploads=8)
    found = {item["day"]: item["uploads"] for item in stats(stocked)["items"]}
    assert found == {"2026-11-22": 1, "2026-11-21": 9, "2026-11-20": 6, "2026-11-19": 1}
    assert list(found) == sorted(found, reverse=True)


def test_until_is_exclusive(stocked: ModuleType) -> None:
    assert [item["day"] for item in stats(stocked, until="2026-11-20")["items"]] == ["2026-11-19"]


def test_a_time_without_counters_has_no_costs(stocked: ModuleType) -> None:
    body = stats(stocked, since="2025-01-01", until="2025-02-01")
    assert body["items"] == []
    assert body["total"]["dollars"] == {"spent": 0, "saved": 0}


def test_the_default_is_the_last_thirty_days(stocked: ModuleType) -> None:
    body = stats(stocked)
    since, until = (date.fromisoformat(body[name]) for name in ("since", "until"))
    assert (until - since).days == 30


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-11-21", "until": "2026-11-21"},
        {"since": "2026-11-22", "until": "2026-11-21"},
        {"since": "2025-11-20", "until": "2026-11-22"},
        {"until": "0001-01-01"},
        {"since": "9999-12-31"},
        {"since": "2026-11-21T00:00:00Z"},
        {"since": ""},
        {"until": "yesterday"},
    ],
)
def test_invalid_days_are_refused(images: ModuleType, query: dict[str, str]) -> None:
    status, problem = call(images, STATS, query=query)
    assert (status, problem["code"]) == (400, "invalid_time")
