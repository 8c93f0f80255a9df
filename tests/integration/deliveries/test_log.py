"""The delivery log under moto: lists, single deliveries, those of an image, and erasures."""

from dataclasses import replace
from typing import Any

import pytest

from domain.event import Event
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.log.lists import DeliveryFilter, LogPage
from integration.deliveries.runtime.log.row import KEPT_SECONDS, DeliveryRecord
from integration.deliveries.runtime.response import SubscriberResponse
from tests.builders import image, recognition
from tests.integration.conftest import Account, subscription

NOW = 1_800_000_000.0


def made(n: int, owner: str = "public", number: int = 0) -> Delivery:
    """Return the delivery of the n-th image of an owner to their subscription of that number."""
    event = Event.recognized(
        image(image_id=f"img_{n:012x}{'7' * 20}", owner=owner), recognition(), f"2026-11-20T17:00:{n:02}.000Z"
    )
    return Delivery.of(event, subscription(number, owner=owner), int(NOW))


def log_all(account: Account, *statuses: str, **given: Any) -> list[str]:
    """Log the first deliveries with these statuses; return their ids."""
    records = [DeliveryRecord.of(made(n, **given), status) for n, status in enumerate(statuses)]
    account.log.write(record.to_item(NOW) for record in records)
    return [record.delivery_id for record in records]


def ids(page: LogPage) -> list[str]:
    return [record.delivery_id for record in page.records]


def test_a_subscription_s_deliveries_are_listed_newest_first_by_pages(account: Account) -> None:
    a, b, c = log_all(account, "delivered", "dead", "pending")
    whose = ("public", subscription().subscription_id)
    first = account.lists.newest(DeliveryFilter(*whose), 2)
    assert ids(first) == [c, b]
    assert ids(account.lists.newest(DeliveryFilter(*whose), 2, first.last)) == [a]


def test_a_status_lists_those_alone(account: Account) -> None:
    _, b, _, d = log_all(account, "delivered", "dead", "pending", "dead")
    whose = ("public", subscription().subscription_id)
    first = account.lists.newest(DeliveryFilter(*whose, "dead"), 1)
    assert (ids(first), ids(account.lists.newest(DeliveryFilter(*whose, "dead"), 1, first.last))) == ([d], [b])


def test_a_delivery_whose_status_changes_is_listed_once(account: Account) -> None:
    (a,) = log_all(account, "pending")
    log_all(account, "delivered")
    whose = ("public", subscription().subscription_id)
    assert ids(account.lists.newest(DeliveryFilter(*whose, "pending"), 9)) == []
    assert (
        ids(account.lists.newest(DeliveryFilter(*whose), 9))
        == ids(account.lists.newest(DeliveryFilter(*whose, "delivered"), 9))
        == [a]
    )


def test_those_delivered_are_listed_by_pages_among_the_others(account: Account) -> None:
    statuses = ["delivered", "dead", "delivered", "dropped", "pending", "dead", "delivered", "delivered", "dropped"]
    made = log_all(account, *statuses)
    wanted = [name for name, status in zip(made, statuses, strict=True) if status == "delivered"]
    whose = DeliveryFilter("public", subscription().subscription_id, "delivered")
    for lists, expected in ((account.lists.newest, wanted[::-1]), (account.lists.oldest, wanted)):
        for limit in (1, 2, 3, 9):
            found, last = list[str](), None
            for _ in range(9):
                page = lists(whose, limit, last)
                assert len(page.records) <= limit
                found, last = found + ids(page), page.last
                if last is None:
                    break
            assert found == expected


@pytest.mark.parametrize("raised", [0, 5, 20], ids=["unsharded", "raised", "sharded"])
def test_lists_and_changes_are_those_of_one_partition_after_shards_were_raised(
    account: Account, monkeypatch: pytest.MonkeyPatch, raised: int
) -> None:
    statuses = ["delivered", "dead", "pending", "dropped"] * 5
    records = [DeliveryRecord.of(made(n), status) for n, status in enumerate(statuses)]
    account.log.write(record.to_item(NOW) for record in records[raised:])
    monkeypatch.setenv("SHARDS", "4")
    account.log.write(record.to_item(NOW) for record in records[:raised])
    changed = [replace(record, status="pending") for record in records if record.status == "dead"]
    account.log.record(record.to_item(NOW) for record in changed)
    for status in (None, "delivered", "dead", "pending", "dropped"):
        now = {record.place: record.delivery_id for record in [*records, *changed]}
        current = {record.delivery_id: record.status for record in [*records, *changed]}
        wanted = [name for _, name in sorted(now.items()) if status in (None, current[name])]
        whose = DeliveryFilter("public", subscription().subscription_id, status)
        for lists, expected in ((account.lists.newest, wanted[::-1]), (account.lists.oldest, wanted)):
            found, last = list[str](), None
            while True:
                page = lists(whose, 3, last)
                found, last = found + ids(page), page.last
                if last is None:
                    break
            assert found == expected


def test_only_those_that_are_not_delivered_are_in_the_index_of_statuses(account: Account) -> None:
    made = log_all(account, "delivered", "dead", "dropped", "pending")
    indexed = account.dynamodb.scan(TableName="deliveries", IndexName="by_status")["Items"]
    assert {row["delivery"]["S"] for row in indexed} == set(made[1:])


def test_oldest_starts_at_the_oldest(account: Account) -> None:
    _, b, c = log_all(account, "delivered", "dead", "pending")
    whose = ("public", subscription().subscription_id)
    first = account.lists.oldest(DeliveryFilter(*whose, since="2026-11-20T17:00:01.000Z"), 1)
    assert ids(first) == [b]
    assert ids(account.lists.oldest(DeliveryFilter(*whose, since="2026-11-20T17:00:01.000Z"), 1, first.last)) == [c]


def test_owners_and_subscriptions_do_not_mix(account: Account) -> None:
    log_all(account, "delivered")
    log_all(account, "delivered", owner="them", number=2)
    log_all(account, "delivered", number=1)
    (theirs,) = ids(account.lists.newest(DeliveryFilter("them", subscription(2).subscription_id), 9))
    assert account.log.get("public", theirs) is None
    assert account.log.get("them", theirs)
    assert len(ids(account.lists.newest(DeliveryFilter("public", subscription(1).subscription_id), 9))) == 1


def test_one_has_its_body_and_its_attempts_in_their_order(account: Account) -> None:
    delivery = made(1)
    attempts = [Attempt(n, NOW + n, 7, SubscriberResponse(500, body="no")) for n in (1, 2, 10)]
    account.log.write(attempt.to_item(delivery, None, NOW) for attempt in reversed(attempts))
    account.log.write([DeliveryRecord.of(delivery, "pending", tries=10).to_item(NOW)])
    found = account.log.get("public", delivery.delivery_id)
    assert found
    assert (found.body, found.tries) == (delivery.body, 10)
    assert [attempt["attempt"] for attempt in found.attempts] == [1, 2, 10]
    assert found.attempts[0]["response"] == "no"
    assert account.log.get("public", delivery.delivery_id[:-1]) is None


def test_an_index_holds_no_bodies_and_with_bodies_reads_them(account: Account) -> None:
    log_all(account, "delivered", "dead")
    found, _ = account.lists.newest(DeliveryFilter("public", subscription().subscription_id), 9)
    assert {record.body for record in found} == {""}
    assert {record.body for record in account.log.with_bodies(found)} == {made(n).body for n in range(2)}


def test_an_image_s_deliveries_are_those_to_every_subscription_and_of_no_other_image(account: Account) -> None:
    log_all(account, "delivered", "delivered")
    log_all(account, "delivered", number=1)
    found = account.log.of_image("public", made(0).image_id)
    assert {record.subscription_id for record in found} == {subscription(n).subscription_id for n in range(2)}
    assert {record.image_id for record in found} == {made(0).image_id}


def test_images_whose_ids_share_a_prefix_are_kept_apart(account: Account) -> None:
    alike = replace(made(0), image_id=made(0).image_id[:-1] + "8", delivery_id=made(0).delivery_id[:-1] + "x")
    account.log.write([DeliveryRecord.of(delivery, "dead").to_item(NOW) for delivery in (made(0), alike)])
    assert [record.image_id for record in account.log.of_image("public", alike.image_id)] == [alike.image_id]
    account.log.erase("public", alike.image_id, NOW)
    assert [record.image_id for record in account.log.of_image("public", made(0).image_id)] == [made(0).image_id]


def test_rows_may_go_thirty_days_after_they_were_written(account: Account) -> None:
    log_all(account, "delivered")
    (row,) = account.dynamodb.scan(TableName="deliveries")["Items"]
    assert int(row["expires"]["N"]) == NOW + KEPT_SECONDS


@pytest.mark.parametrize(("rows", "calls"), [(20, 1), (25, 1), (26, 2)])
def test_a_batch_of_ten_is_one_request(account: Account, rows: int, calls: int) -> None:
    operations: list[str] = []
    account.dynamodb.meta.events.register("before-call", lambda model, **_: operations.append(model.name))
    DeliveryLog(account.dynamodb, "deliveries").write(
        Attempt(n, NOW + n, 1, SubscriberResponse(200)).to_item(made(1), None, NOW) for n in range(rows)
    )
    assert operations == ["BatchWriteItem"] * calls
