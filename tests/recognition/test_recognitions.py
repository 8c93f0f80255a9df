"""Recognitions in DynamoDB: conditional, ordered, paged."""

from dataclasses import replace

from domain.entry import Entry
from domain.options import Options
from recognition.runtime.recognitions import Recognitions
from tests.builders import image, recognition
from tests.recognition.conftest import Account

AT = "2026-11-20T17:00:01.000Z"


def entry(sequencer: str = "0A", image_id: str = "img_" + "0" * 32, owner: str = "ann") -> Entry:
    return Entry(image(image_id=image_id, owner=owner, sequencer=sequencer), recognition(), AT, Options(top_k=1))


def test_an_entry_survives_the_table(account: Account) -> None:
    kept = Recognitions(account.dynamodb, "recognitions")
    kept.add([entry()])
    assert kept.get("ann", entry().image.image_id) == entry()
    assert kept.of([entry().image]) == {("ann", entry().image.image_id): entry()}


def test_one_stale_entry_does_not_keep_its_neighbours_out(account: Account) -> None:
    kept = Recognitions(account.dynamodb, "recognitions")
    kept.add([entry("0B")])
    neighbour = entry(image_id="img_" + "9" * 32)
    kept.add([entry("0A"), neighbour])
    assert kept.get("ann", entry().image.image_id) == entry("0B")
    assert kept.get("ann", neighbour.image.image_id) == neighbour


def test_the_same_version_is_written_once(account: Account) -> None:
    kept = Recognitions(account.dynamodb, "recognitions")
    kept.add([entry()])
    kept.add([replace(entry(), at="2026-11-20T18:00:00.000Z")])
    assert kept.get("ann", entry().image.image_id) == entry()


def test_pages_go_newest_first_and_stay_with_their_owner(account: Account) -> None:
    kept = Recognitions(account.dynamodb, "recognitions")
    ids = [f"img_{n:032x}" for n in range(5)]
    kept.add([entry(image_id=each) for each in ids] + [entry(owner="bob")])
    seen, last, before = [], "", None
    while last is not None:
        entries, last = kept.page("ann", 2, before)  # type: ignore[assignment]
        seen += [each.image.image_id for each in entries]
        before = last
    assert seen == ids[::-1]


def test_nothing_is_asked_for_nothing(account: Account) -> None:
    kept = Recognitions(account.dynamodb, "recognitions")
    kept.add([])
    assert kept.of([]) == {}
