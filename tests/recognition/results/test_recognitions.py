"""The recognitions table: conditional writes, the order of entries, corrections, tombstones."""

import secrets
from dataclasses import replace
from typing import Any

import pytest

from domain.options import Options
from domain.recognition import Detection
from recognition.images.runtime.erase.tombstones import Tombstones
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.recognitions import Recognitions
from tests.builders import image, recognition
from tests.recognition.conftest import Account

AT = "2026-11-20T17:00:01.000Z"
ID = "img_" + "0" * 32
KEY = ImageKey("ann", ID)


def entry(sequencer: str = "0A", image_id: str = ID, owner: str = "ann") -> Entry:
    """Return an entry of an image."""
    return Entry(image(image_id=image_id, owner=owner, sequencer=sequencer), recognition(), AT, Options(top_k=1))


@pytest.fixture
def tombstones(account: Account) -> Tombstones:
    """Return the tombstones of the same table."""
    return Tombstones(account.dynamodb, "recognitions")


@pytest.fixture
def recognitions(account: Account) -> Recognitions:
    """Return the table."""
    return Recognitions(account.dynamodb, "recognitions", "answers")


def test_an_entry_is_read_as_it_was_written(recognitions: Recognitions) -> None:
    whole = replace(entry(), tries=2, request="rcg_1", reused_from="img_1")
    assert recognitions.add([whole]) == {KEY: whole}
    assert recognitions.get("ann", ID) == whole
    assert recognitions.current([whole.image]) == {("ann", ID): whole}


def test_an_outdated_entry_does_not_prevent_its_neighbors(recognitions: Recognitions) -> None:
    recognitions.add([entry("0B")])
    neighbor = entry(image_id="img_" + "9" * 32)
    assert recognitions.add([entry("0A"), neighbor]) == {KEY: entry("0B"), neighbor.key: neighbor}
    assert recognitions.get("ann", ID) == entry("0B")
    assert recognitions.get("ann", neighbor.image.image_id) == neighbor


def test_an_entry_is_written_once(recognitions: Recognitions) -> None:
    recognitions.add([entry()])
    assert recognitions.add([replace(entry(), at="2026-11-20T18:00:00.000Z")]) == {KEY: entry()}
    assert recognitions.get("ann", ID) == entry()


def test_a_newer_entry_replaces_the_older_one_even_without_a_look_up(
    account: Account, recognitions: Recognitions
) -> None:
    recognitions.add([entry("0A")])
    assert recognitions.add([entry("0B")]) == {KEY: replace(entry("0B"), earlier=1)}
    (earlier,) = account.rows("answers")
    assert earlier["about"]["S"] == f"ann/{ID}"
    assert Entry.from_item(earlier) == entry("0A")


def test_a_conflict_that_does_not_end_leaves_the_entry_to_a_later_try_and_stores_its_neighbor(
    recognitions: Recognitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognitions.add([entry("0A")])
    monkeypatch.setattr(recognitions, "current", lambda images: {})
    neighbor = entry(image_id="img_" + "9" * 32)
    assert recognitions.add([entry("0B"), neighbor]) == {neighbor.key: neighbor}
    assert recognitions.get("ann", ID) == entry("0A")


def test_entries_are_read_by_their_ids_in_that_order(recognitions: Recognitions, tombstones: Tombstones) -> None:
    ids = [f"img_{n:032x}" for n in range(130)]
    for start in (0, 50, 100):
        recognitions.add([entry(image_id=image_id) for image_id in ids[start : start + 50]])
    tombstones.put(ImageKey("ann", ids[1]), 1)
    wanted = [ids[129], "img_" + "f" * 32, *ids[:101]]
    assert [entry.image.image_id for entry in recognitions.by_ids("ann", wanted)] == [ids[129], ids[0], *ids[2:101]]
    assert recognitions.by_ids("bob", ids) == []


def test_corrections_are_stored_beside_the_result_in_their_order(recognitions: Recognitions) -> None:
    recognitions.add([entry()])
    recognitions.add_correction(KEY, {"labels": ["lynx"]}, after=0)
    corrected = recognitions.add_correction(KEY, {"labels": ["wildcat"]}, after=1)
    assert corrected == recognitions.get("ann", ID)
    assert corrected == replace(entry(), corrections=({"labels": ["lynx"]}, {"labels": ["wildcat"]}))


def test_an_image_that_is_missing_another_owner_s_or_erased_cannot_be_corrected(
    account: Account, recognitions: Recognitions, tombstones: Tombstones
) -> None:
    recognitions.add([entry()])
    assert recognitions.add_correction(ImageKey("bob", ID), {"labels": []}, after=0) is None
    tombstones.put(KEY, 1)
    assert recognitions.add_correction(KEY, {"labels": []}, after=0) is None
    assert len(account.rows()) == 1


def test_an_image_marked_as_erased_is_hidden_from_readers_and_known_to_a_repeated_erasure(
    recognitions: Recognitions,
    tombstones: Tombstones,
) -> None:
    recognitions.add([entry()])
    assert tombstones.mark(KEY, 1) == [entry()]
    assert recognitions.get("ann", ID) is None
    assert recognitions.current([entry().image]) == {("ann", ID): None}
    assert tombstones.mark(KEY, 1) == [entry()]


def test_a_tombstone_expires(account: Account, recognitions: Recognitions, tombstones: Tombstones) -> None:
    recognitions.add([entry()])
    recognitions.add_correction(KEY, {"labels": ["lynx"]}, after=0)
    tombstones.mark(KEY, 1)
    tombstones.put(KEY, 1_800_000_000)
    assert account.rows() == [
        {"owner": {"S": "ann"}, "image_id": {"S": ID}, "sequencer": {"S": "~"}, "expires": {"N": "1800000000"}}
    ]
    assert tombstones.mark(KEY, 1) is None


def test_current_orders_are_read_without_other_attributes(
    account: Account, recognitions: Recognitions, tombstones: Tombstones
) -> None:
    recognitions.add([entry("0A"), entry(image_id="img_" + "9" * 32)])
    tombstones.put(ImageKey("ann", "img_" + "9" * 32), 1)
    bodies: list[object] = []
    account.dynamodb.meta.events.register("before-call.dynamodb", lambda params, **call: bodies.append(params["body"]))
    orders = recognitions.current_orders([entry("0B"), entry(image_id="img_" + "9" * 32), entry(owner="bob")])
    assert orders == {("ann", ID): entry("0A").order, ("ann", "img_" + "9" * 32): "~"}
    assert len(bodies) == 1
    assert b"#sequencer" in bodies[0]  # type: ignore[operator]


def test_nothing_is_read_or_written_for_no_entries(recognitions: Recognitions) -> None:
    assert recognitions.add([]) == {}
    assert recognitions.current([]) == {}
    assert recognitions.by_ids("ann", []) == []


def test_new_images_are_inserted_and_only_replaced_entries_take_a_transaction(
    account: Account, recognitions: Recognitions
) -> None:
    calls: list[str] = []
    account.dynamodb.meta.events.register("before-call.dynamodb", lambda model, **call: calls.append(model.name))
    new = [entry(image_id=f"img_{n:032x}") for n in range(30)]
    recognitions.add(new, {})
    assert calls == ["BatchExecuteStatement"] * 2
    calls.clear()
    newer = [replace(old, image=replace(old.image, sequencer="0B".ljust(32, "0"))) for old in new[:3]]
    fresh = entry(image_id="img_" + "e" * 32)
    stored = recognitions.add([*newer, fresh], {old.key: old for old in new[:3]})
    assert calls == ["BatchExecuteStatement", "TransactWriteItems"]
    assert list(stored) == [fresh.key, *(old.key for old in new[:3])]


def test_an_entry_that_is_throttled_is_left_to_a_later_try_and_costs_no_neighbor(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(Statements: list[Any]) -> dict[str, Any]:  # noqa: N803
        ours = [statement for statement in Statements if ID not in str(statement)]
        stored = iter(execute(Statements=ours)["Responses"] if ours else [])
        error = {"Error": {"Code": "ThrottlingError"}}
        return {"Responses": [error if ID in str(statement) else next(stored) for statement in Statements]}

    execute, waits = account.dynamodb.batch_execute_statement, list[float]()
    monkeypatch.setattr(account.dynamodb, "batch_execute_statement", throttled)
    recognitions = Recognitions(account.dynamodb, "recognitions", "answers", waits.append)
    neighbor = entry(image_id="img_" + "9" * 32)
    assert recognitions.add([entry(), neighbor]) == {neighbor.key: neighbor}
    assert waits
    monkeypatch.undo()
    assert recognitions.add([entry()]) == {KEY: entry()}


def test_an_entry_that_replaces_another_and_is_refused_costs_no_neighbor(recognitions: Recognitions) -> None:
    old, other = entry("0A"), entry("0A", image_id="img_" + "9" * 32)
    recognitions.add([old, other])
    large = tuple(Detection(secrets.token_hex(1000), 0.5) for _ in range(500))
    refused = replace(entry("0B"), outcome=replace(recognition(), detections=large))
    added = recognitions.add([refused, entry("0B", image_id=other.image.image_id)], {KEY: old, other.key: other})
    assert [found.status for found in added.values() if found] == ["rejected", "recognized"]
    assert [found.earlier for found in added.values() if found] == [1, 1]


@pytest.mark.parametrize("label", ["cat\ud800", "\x00\x1f", "\U0001f408", ""])
def test_any_label_can_be_stored(recognitions: Recognitions, label: str) -> None:
    odd = replace(entry(), outcome=recognition(label))
    assert recognitions.add([odd]) == {KEY: odd}
    assert recognitions.get(*KEY) == odd


def test_an_entry_that_the_table_refuses_costs_no_neighbor_and_becomes_a_rejection(recognitions: Recognitions) -> None:
    large = tuple(Detection(secrets.token_hex(1000), 0.5) for _ in range(500))
    refused = replace(entry(), outcome=replace(recognition(), detections=large))
    neighbor = entry(image_id="img_" + "9" * 32)
    added = recognitions.add([refused, neighbor])
    rejected = added[KEY]
    assert added[neighbor.key] == neighbor
    assert rejected
    assert (rejected.status, rejected.order) == ("rejected", refused.order)
    assert rejected.event().data["rejection"]["code"] == "result_too_large"
    assert recognitions.get(*KEY) == rejected
