"""Recognitions in DynamoDB: conditional, ordered, corrected, erased."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from domain.options import Options
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.recognitions import Recognitions
from tests.builders import image, recognition
from tests.recognition.conftest import Account

AT = "2026-11-20T17:00:01.000Z"
ID = "img_" + "0" * 32


def entry(sequencer: str = "0A", image_id: str = ID, owner: str = "ann") -> Entry:
    """An answer about an image."""
    return Entry(image(image_id=image_id, owner=owner, sequencer=sequencer), recognition(), AT, Options(top_k=1))


@pytest.fixture
def kept(account: Account) -> Recognitions:
    """The collection."""
    return Recognitions(account.dynamodb, "recognitions", "answers")


def test_an_entry_survives_the_table(kept: Recognitions) -> None:
    whole = replace(entry(), tries=2, request="rcg_1", reused_from="img_1")
    assert kept.add([whole]) == [whole]
    assert kept.get("ann", ID) == whole
    assert kept.of([whole.image]) == {("ann", ID): whole}


def test_one_stale_entry_does_not_keep_its_neighbours_out(kept: Recognitions) -> None:
    kept.add([entry("0B")])
    neighbour = entry(image_id="img_" + "9" * 32)
    assert kept.add([entry("0A"), neighbour]) == [entry("0B"), neighbour]
    assert kept.get("ann", ID) == entry("0B")
    assert kept.get("ann", neighbour.image.image_id) == neighbour


def test_the_same_version_is_written_once(kept: Recognitions) -> None:
    kept.add([entry()])
    assert kept.add([replace(entry(), at="2026-11-20T18:00:00.000Z")]) == [entry()]
    assert kept.get("ann", ID) == entry()


def test_a_newer_answer_puts_the_older_aside_even_where_nobody_had_looked(account: Account, kept: Recognitions) -> None:
    kept.add([entry("0A")])
    assert kept.add([entry("0B")]) == [replace(entry("0B"), earlier=1)]
    (aside,) = account.rows("answers")
    assert aside["about"]["S"] == f"ann/{ID}"
    assert Entry.from_item(aside) == entry("0A")


def test_a_contest_that_never_ends_is_left_to_the_queue(kept: Recognitions, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.add([entry("0A")])
    monkeypatch.setattr(kept, "of", lambda images: {})
    with pytest.raises(ClientError, match="TransactionCanceled"):
        kept.add([entry("0B")])


def test_entries_come_by_their_ids_in_that_order(kept: Recognitions) -> None:
    ids = [f"img_{n:032x}" for n in range(130)]
    for start in (0, 50, 100):
        kept.add([entry(image_id=each) for each in ids[start : start + 50]])
    kept.seal("ann", ids[1], 1)
    wanted = [ids[129], "img_" + "f" * 32, *ids[:101]]
    assert [each.image.image_id for each in kept.by_ids("ann", wanted)] == [ids[129], ids[0], *ids[2:101]]
    assert kept.by_ids("bob", ids) == []


def test_what_people_say_is_kept_beside_the_answer_in_their_order(kept: Recognitions) -> None:
    kept.add([entry()])
    kept.correct("ann", ID, {"labels": ["lynx"]})
    said = kept.correct("ann", ID, {"labels": ["wildcat"]})
    assert said == kept.get("ann", ID)
    assert said == replace(entry(), corrections=({"labels": ["lynx"]}, {"labels": ["wildcat"]}))


def test_nobody_corrects_what_is_not_there_not_theirs_or_erased(account: Account, kept: Recognitions) -> None:
    kept.add([entry()])
    assert kept.correct("bob", ID, {"labels": []}) is None
    kept.seal("ann", ID, 1)
    assert kept.correct("ann", ID, {"labels": []}) is None
    assert len(account.rows()) == 1


def test_a_buried_image_is_gone_for_readers_and_tells_an_erasure_cut_short_what_it_was(kept: Recognitions) -> None:
    kept.add([entry()])
    assert kept.bury("ann", ID, 1) == entry()
    assert kept.get("ann", ID) is None
    assert kept.of([entry().image]) == {("ann", ID): None}
    assert kept.bury("ann", ID, 1) == entry()


def test_a_sealed_image_leaves_a_row_that_goes_by_itself(account: Account, kept: Recognitions) -> None:
    kept.add([entry()])
    kept.correct("ann", ID, {"labels": ["lynx"]})
    kept.bury("ann", ID, 1)
    kept.seal("ann", ID, 1_800_000_000)
    assert account.rows() == [
        {"owner": {"S": "ann"}, "image_id": {"S": ID}, "sequencer": {"S": "~"}, "expires": {"N": "1800000000"}}
    ]
    assert kept.bury("ann", ID, 1) is None


def test_the_order_of_what_stands_is_told_without_the_rest(account: Account, kept: Recognitions) -> None:
    kept.add([entry("0A"), entry(image_id="img_" + "9" * 32)])
    kept.seal("ann", "img_" + "9" * 32, 1)
    asked: list[object] = []
    account.dynamodb.meta.events.register("before-call.dynamodb", lambda params, **call: asked.append(params["body"]))
    known = kept.orders([entry("0B"), entry(image_id="img_" + "9" * 32), entry(owner="bob")])
    assert known == {("ann", ID): entry("0A").order, ("ann", "img_" + "9" * 32): "~"}
    assert len(asked) == 1
    assert b"#sequencer" in asked[0]  # type: ignore[operator]


def test_nothing_is_asked_for_nothing(kept: Recognitions) -> None:
    assert kept.add([]) == []
    assert kept.of([]) == {}
    assert kept.by_ids("ann", []) == []
