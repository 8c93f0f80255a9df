from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest

from integration.subscriptions.runtime import table
from integration.subscriptions.runtime.subscription import Subscription
from integration.subscriptions.runtime.table import SubscriptionTable
from tests.integration.conftest import Account, subscription
from wire.aws.rows import Item, UndoneError, read

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

DEFAULT = Subscription.default("https://example.com/all")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between the calls of a read, which take no time here."""
    seconds: list[float] = []
    monkeypatch.setattr(table, "read", partial(read, wait=seconds.append))
    return seconds


class Forgetful:
    """A DynamoDB that reads one key a request and leaves the others unprocessed."""

    def __init__(self) -> None:
        self.requests = 0

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        self.requests += 1
        request = request["RequestItems"]["subscriptions"]
        assert request["ConsistentRead"]
        first, *rest = request["Keys"]
        unread = {"subscriptions": {"Keys": rest, "ConsistentRead": True}} if rest else {}
        return {"Responses": {"subscriptions": [self._item(first)]}, "UnprocessedKeys": unread}

    def _item(self, key: Item) -> Item:
        return subscription(owner=key["owner"]["S"], subscription_id=key["subscription_id"]["S"]).to_item()


class Paged:
    """A DynamoDB that returns one item a page."""

    def query(self, **request: Any) -> dict[str, Any]:
        assert request["ConsistentRead"]
        n = int(request["ExclusiveStartKey"]["n"]["N"]) if "ExclusiveStartKey" in request else 0
        page: dict[str, Any] = {"Items": [subscription(n).to_item()]}
        return page | ({"LastEvaluatedKey": {"n": {"N": str(n + 1)}}} if n < 2 else {})


def client(fake: Forgetful | Paged) -> "DynamoDBClient":
    return cast("DynamoDBClient", fake)


def ids(*subscriptions: Subscription) -> list[tuple[str, str]]:
    return [(receiver.owner, receiver.subscription_id) for receiver in subscriptions]


def test_keys_left_unread_are_read_again(waits: list[float]) -> None:
    dynamodb = Forgetful()
    found = SubscriptionTable(client(dynamodb), "subscriptions").by_ids(ids(*map(subscription, range(4))))
    assert found == {("public", receiver.subscription_id): receiver for receiver in map(subscription, range(4))}
    assert dynamodb.requests == 4
    assert len(waits) == 3


def test_subscriptions_that_stay_unread_do_not_count_as_deleted(waits: list[float]) -> None:
    with pytest.raises(UndoneError, match="2 rows were not read"):
        SubscriptionTable(client(Forgetful()), "subscriptions").by_ids(ids(*map(subscription, range(10))))


def test_a_subscription_requested_twice_is_one_key() -> None:
    dynamodb = Forgetful()
    assert len(SubscriptionTable(client(dynamodb), "subscriptions").by_ids(ids(subscription(), subscription()))) == 1
    assert dynamodb.requests == 1


def test_every_page_of_an_owner_is_read() -> None:
    assert SubscriptionTable(client(Paged()), "subscriptions").for_owner("public") == [
        subscription(n) for n in range(3)
    ]


def test_the_default_subscription_costs_no_request() -> None:
    dynamodb = Forgetful()
    found = SubscriptionTable(client(dynamodb), "subscriptions", DEFAULT.url).by_ids(ids(DEFAULT))
    assert found == {("*", "default"): DEFAULT}
    assert dynamodb.requests == 0


def test_the_default_subscription_receives_every_owner_s_events(account: Account) -> None:
    account.subscriptions.add(subscription())
    receivers = SubscriptionTable(account.dynamodb, "subscriptions", DEFAULT.url)
    assert receivers.for_owner("public") == [DEFAULT, subscription()]
    assert receivers.for_owner("somebody") == [DEFAULT]


def test_deleted_subscriptions_are_not_found(account: Account) -> None:
    account.subscriptions.add(subscription(1))
    assert account.subscriptions.by_ids(ids(subscription(1), subscription(2), DEFAULT)) == {
        ("public", subscription(1).subscription_id): subscription(1)
    }


def test_an_owner_reads_and_removes_only_their_own(account: Account) -> None:
    theirs = subscription(owner="them")
    account.subscriptions.add(theirs)
    assert account.subscriptions.get("me", theirs.subscription_id) is None
    assert account.subscriptions.remove("me", theirs.subscription_id) is False
    assert account.subscriptions.get("them", theirs.subscription_id) == theirs
    assert account.subscriptions.remove("them", theirs.subscription_id) is True
    assert account.rows() == []


def test_pages_are_newest_first_and_end_exactly(account: Account) -> None:
    for n in range(4):
        account.subscriptions.add(subscription(n))
    account.subscriptions.add(subscription(9, owner="them"))
    first, cursor = account.subscriptions.page("public", 2, None)
    second, end = account.subscriptions.page("public", 2, cursor)
    assert [first, second] == [[subscription(3), subscription(2)], [subscription(1), subscription(0)]]
    assert end is None


def test_an_owner_registers_as_many_as_allowed_and_one_more_after_a_deletion(account: Account) -> None:
    table = account.subscriptions
    assert [table.register(subscription(n), 3) for n in range(5)] == [True, True, True, False, False]
    assert table.register(subscription(9, owner="other"), 3)
    table.remove("public", subscription(1).subscription_id)
    assert [table.register(subscription(n), 3) for n in range(5, 7)] == [True, False]
    assert len(table.for_owner("public")) == 3
    assert len(table.page("public", 10, None).subscriptions) == 3


def test_subscriptions_registered_before_there_was_a_cap_count(account: Account) -> None:
    for n in range(4):
        account.subscriptions.add(subscription(n))
    assert not account.subscriptions.register(subscription(4), 3)


class Interrupted(SubscriptionTable):
    """A table in which others register between the count and the write, as long as there are some."""

    others: ClassVar[list[Subscription]] = []

    def _count(self, owner: str) -> int:
        counted = super()._count(owner)
        if self.others:
            assert self.register(self.others.pop(), 99)
        return counted


@pytest.mark.parametrize(("most", "stored"), [(2, False), (3, True)])
def test_a_registration_at_the_same_time_is_counted(account: Account, most: int, stored: bool) -> None:
    table = Interrupted(account.dynamodb, "subscriptions")
    table.others[:] = [subscription(1), subscription(2)]
    waits: list[float] = []
    assert table.register(subscription(0), most, waits.append) is stored
    assert len(table.for_owner("public")) == 2 + stored
    assert waits
