"""The table of Subscriptions in DynamoDB, keyed by owner and time-ordered id, and the deployment's default one."""

import time
from collections.abc import Callable, Iterable, Sequence
from secrets import SystemRandom
from typing import TYPE_CHECKING, NamedTuple

from integration.subscriptions.runtime.subscription import Subscription
from wire.aws.rows import Item, UndoneError, query, read

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef, UpdateItemInputTypeDef


_ROUNDS = 60
_LONGEST_WAIT = 0.1
_random = SystemRandom()


class SubscriptionPage(NamedTuple):
    """A page of an owner's subscriptions, and the id after which the next page starts; None on the last page."""

    subscriptions: list[Subscription]
    last: str | None


class SubscriptionTable:
    """The table; every read is consistent, so that a webhook registered a moment ago is found.

    `default_url` is the URL of the deployment's own subscription, empty if there is none.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, default_url: str = "") -> None:
        self._dynamodb, self._table = dynamodb, table
        self._default = Subscription.default(default_url) if default_url else None

    def add(self, subscription: Subscription) -> None:
        """Store a subscription."""
        self._dynamodb.put_item(TableName=self._table, Item=subscription.to_item())

    def register(self, subscription: Subscription, most: int, wait: Callable[[float], None] = time.sleep) -> bool:
        """Store a new subscription unless its owner has `most` already; return whether it was stored.

        Counting and storing are two steps. Storing also changes the owner's ticket, in one transaction, and only if the
        ticket is the one that was read before counting: of several registrations at once one succeeds, and the others
        count again. Raises UndoneError if that does not end.
        """
        for _ in range(_ROUNDS):
            ticket = self._ticket(subscription.owner)
            if self._count(subscription.owner) >= most:
                return False
            try:
                self._dynamodb.transact_write_items(TransactItems=self._registration(subscription, ticket))
            except self._dynamodb.exceptions.TransactionCanceledException:
                wait(_LONGEST_WAIT * _random.random())
            else:
                return True
        raise UndoneError("too many registrations of one owner at once")

    def get(self, owner: str, subscription_id: str) -> Subscription | None:
        """Return one of the owner's subscriptions."""
        found = self._dynamodb.get_item(TableName=self._table, Key=_key(owner, subscription_id), ConsistentRead=True)
        return Subscription.from_item(found["Item"]) if "Item" in found else None

    def remove(self, owner: str, subscription_id: str) -> bool:
        """Delete one of the owner's subscriptions; return False if there was none."""
        deleted = self._dynamodb.delete_item(
            TableName=self._table, Key=_key(owner, subscription_id), ReturnValues="ALL_OLD"
        )
        return bool(deleted.get("Attributes"))

    def change(self, owner: str, subscription_id: str, changed: Item, removed: Sequence[str]) -> Subscription | None:
        """Set and remove these attributes of one of the owner's subscriptions; return None if there is none."""
        names = {f"#{n}": name for n, name in enumerate((*changed, *removed))}
        placeholders = {name: placeholder for placeholder, name in names.items()}
        values = {f":{placeholders[name][1:]}": value for name, value in changed.items()}
        setting = ", ".join(f"{placeholders[name]} = :{placeholders[name][1:]}" for name in changed)
        removing = ", ".join(placeholders[name] for name in removed)
        update: UpdateItemInputTypeDef = {
            "TableName": self._table,
            "Key": _key(owner, subscription_id),
            "UpdateExpression": " ".join(
                filter(None, (setting and f"SET {setting}", removing and f"REMOVE {removing}"))
            ),
            "ConditionExpression": "attribute_exists(subscription_id)",
            "ExpressionAttributeNames": names,
            "ReturnValues": "ALL_NEW",
        }
        if values:
            update["ExpressionAttributeValues"] = values
        try:
            updated = self._dynamodb.update_item(**update)
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return Subscription.from_item(updated["Attributes"])

    def page(self, owner: str, limit: int, before: str | None) -> SubscriptionPage:
        """Return the owner's newest subscriptions, older than the id `before`."""
        arguments = self._of_owner(owner)
        arguments["ScanIndexForward"], arguments["Limit"] = False, limit + 1
        if before:
            arguments["ExclusiveStartKey"] = _key(owner, before)
        items = self._dynamodb.query(**arguments)["Items"]
        page = [Subscription.from_item(item) for item in items[:limit]]
        return SubscriptionPage(page, page[-1].subscription_id if len(items) > limit else None)

    def for_owner(self, owner: str) -> list[Subscription]:
        """Return all subscriptions that receive this owner's events, the default one among them."""
        stored = map(Subscription.from_item, query(self._dynamodb, **self._of_owner(owner)))
        return [self._default, *stored] if self._default else list(stored)

    def by_ids(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Subscription]:
        """Return those of these (owner, id) that exist; raises UndoneError if DynamoDB leaves some unread."""
        wanted = set(keys)
        default = {self._default.key: self._default} if self._default else {}
        found = {key: default[key] for key in wanted & default.keys()}
        stored = {self._table: [_key(*key) for key in wanted - found.keys()]}
        for item in read(self._dynamodb, stored, consistent={self._table})[self._table]:
            subscription = Subscription.from_item(item)
            found[subscription.key] = subscription
        return found

    def _ticket(self, owner: str) -> str:
        found = self._dynamodb.get_item(TableName=self._table, Key=_ticket_key(owner), ConsistentRead=True)
        return found["Item"]["ticket"]["S"] if "Item" in found else ""

    def _count(self, owner: str) -> int:
        return sum(1 for _ in query(self._dynamodb, **self._of_owner(owner), ProjectionExpression="subscription_id"))

    def _registration(self, subscription: Subscription, ticket: str) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that store a subscription and make its id the ticket, if that is `ticket` still."""
        values: Item = {":new": {"S": subscription.subscription_id}}
        if ticket:
            values[":old"] = {"S": ticket}
        return [
            {"Put": {"TableName": self._table, "Item": subscription.to_item()}},
            {
                "Update": {
                    "TableName": self._table,
                    "Key": _ticket_key(subscription.owner),
                    "UpdateExpression": "SET ticket = :new",
                    "ConditionExpression": "ticket = :old" if ticket else "attribute_not_exists(ticket)",
                    "ExpressionAttributeValues": values,
                }
            },
        ]

    def _of_owner(self, owner: str) -> "QueryInputTypeDef":
        return {
            "TableName": self._table,
            "KeyConditionExpression": "#owner = :owner",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": {":owner": {"S": owner}},
            "ConsistentRead": True,
        }


def _ticket_key(owner: str) -> Item:
    """Return the key of a row of its own partition, so that no list of subscriptions reads it; no owner has a slash."""
    return _key(f"{owner}/registrations", "ticket")


def _key(owner: str, subscription_id: str) -> Item:
    return {"owner": {"S": owner}, "subscription_id": {"S": subscription_id}}
