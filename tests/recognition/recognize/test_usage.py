"""The counters of an owner, and the counts that an entry adds to them."""

from dataclasses import replace

import pytest

from domain.options import Options
from domain.recognition import Outcome, Rejection
from recognition.recognize.runtime.usage import Usage, counters
from recognition.results.runtime.entry import Entry
from tests.builders import image, recognition
from tests.recognition.conftest import Account

PAID = replace(recognition(), detector="rekognition")
BY_EDGE = replace(recognition(), asked="cascade")


def entry(outcome: Outcome, **changed: str) -> Entry:
    """Return the entry of an upload."""
    return Entry(image(), outcome, "2026-11-20T17:00:01.000Z", Options(), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stored", "counted"),
    [
        (entry(recognition()), {"uploads", "recognized"}),
        (entry(Rejection("empty", "No.")), {"uploads", "rejected"}),
        (entry(PAID), {"uploads", "recognized", "rekognition_calls"}),
        (entry(replace(PAID, asked="cascade")), {"uploads", "recognized", "rekognition_calls"}),
        (entry(BY_EDGE), {"uploads", "recognized", "cascade_saved"}),
        (entry(recognition(), reused_from="img_1"), {"uploads", "recognized", "reused"}),
        (entry(BY_EDGE, reused_from="img_1"), {"uploads", "recognized", "reused"}),
        (entry(PAID, reused_from="img_1"), {"uploads", "recognized", "reused", "reused_rekognition"}),
        (entry(PAID, request="rcg_1"), {"recognized", "rekognition_calls"}),
    ],
)
def test_an_entry_is_counted_by_what_it_cost_and_saved(stored: Entry, counted: set[str]) -> None:
    assert set(counters(stored)) == counted
    assert counters(stored).total() == len(counted)


def test_the_entries_of_each_owner_in_a_batch_are_one_call(account: Account) -> None:
    calls: list[object] = []
    account.dynamodb.meta.events.register("before-call.dynamodb", lambda **call: calls.append(call["model"].name))
    theirs = replace(entry(PAID), image=replace(image(), owner="bob"))
    Usage(account.dynamodb, "usage").count([entry(PAID), entry(recognition()), theirs])
    assert calls == ["UpdateItem"] * 2
    rows = {row["owner"]["S"]: row for row in account.rows("usage")}
    assert rows["public"]["uploads"] == {"N": "2"}
    assert rows["bob"]["rekognition_calls"] == {"N": "1"}
    assert rows["bob"]["day"]["S"] == "2026-11-20"


def test_paid_calls_are_in_the_first_partition_where_quotas_judge_them(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARDS", "16")
    usage, ninth = Usage(account.dynamodb, "usage"), image(image_id="img_" + "0" * 31 + "9", owner="ann")
    usage.count([replace(entry(recognition()), image=ninth)])
    usage.count([replace(entry(PAID), image=ninth)])
    rows = {row["owner"]["S"]: row for row in account.rows("usage")}
    assert rows.keys() == {"ann", "ann/9"}
    assert (rows["ann"]["rekognition_calls"], rows["ann/9"]["uploads"]) == ({"N": "1"}, {"N": "1"})
