"""The Subscriptions kept in DynamoDB, keyed by owner and time-ordered id; and the deployment's default one."""

from collections.abc import Iterable, Sequence
from typing import Any

from integration.subscriptions.runtime.subscription import Subscription
from wire.aws.rows import Item

MOST_READ = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""
_TRIES = 5


class SubscriptionsError(Exception):
    """DynamoDB left some of the subscriptions unread."""


class Subscriptions:
    """The collection; every read is consistent, so that a webhook registered a moment ago is told."""

    def __init__(self, dynamodb: Any, table: str, default_url: str = "") -> None:
        self._dynamodb, self._table = dynamodb, table
        self._default = Subscription.default(default_url) if default_url else None

    def add(self, subscription: Subscription) -> None:
        """Keep it."""
        self._dynamodb.put_item(TableName=self._table, Item=subscription.to_item())

    def get(self, owner: str, subscription_id: str) -> Subscription | None:
        """One of the owner's own."""
        answer = self._dynamodb.get_item(TableName=self._table, Key=_key(owner, subscription_id), ConsistentRead=True)
        return Subscription.from_item(answer["Item"]) if "Item" in answer else None

    def remove(self, owner: str, subscription_id: str) -> bool:
        """Forget one of the owner's own; False when there was none."""
        answer = self._dynamodb.delete_item(
            TableName=self._table, Key=_key(owner, subscription_id), ReturnValues="ALL_OLD"
        )
        return bool(answer.get("Attributes"))

    def change(self, owner: str, subscription_id: str, changed: Item, forgotten: Sequence[str]) -> Subscription | None:
        """Set and remove these attributes of one of the owner's own; None when there is none."""
        names = {f"#{n}": name for n, name in enumerate((*changed, *forgotten))}
        known = {name: sign for sign, name in names.items()}
        values = {f":{known[name][1:]}": value for name, value in changed.items()}
        setting = ", ".join(f"{known[name]} = :{known[name][1:]}" for name in changed)
        removing = ", ".join(known[name] for name in forgotten)
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(owner, subscription_id),
                UpdateExpression=" ".join(
                    filter(None, (setting and f"SET {setting}", removing and f"REMOVE {removing}"))
                ),
                ConditionExpression="attribute_exists(subscription_id)",
                ExpressionAttributeNames=names,
                ReturnValues="ALL_NEW",
                **({"ExpressionAttributeValues": values} if values else {}),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return Subscription.from_item(answer["Attributes"])

    def page(self, owner: str, limit: int, before: str | None) -> tuple[list[Subscription], str | None]:
        """The owner's newest, older than id `before`, and the id to go on from."""
        start = {"ExclusiveStartKey": _key(owner, before)} if before else {}
        items = self._query(owner, ScanIndexForward=False, Limit=limit + 1, **start)["Items"]
        page = [Subscription.from_item(item) for item in items[:limit]]
        return page, page[-1].subscription_id if len(items) > limit else None

    def of(self, owner: str) -> list[Subscription]:
        """All that are told of this owner's events, the default one among them."""
        told = [self._default] if self._default else []
        start: dict[str, Any] = {}
        while True:
            answer = self._query(owner, **start)
            told += map(Subscription.from_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return told
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def by_ids(self, ids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Subscription]:
        """Those of at most a hundred (owner, id) that exist; raises SubscriptionsError when it cannot tell."""
        wanted = set(ids)
        default = {_id(self._default): self._default} if self._default else {}
        found = {each: default[each] for each in wanted & default.keys()}
        keys = [_key(*each) for each in wanted - found.keys()]
        for _ in range(_TRIES):
            if not keys:
                return found
            asked = {self._table: {"Keys": keys, "ConsistentRead": True}}
            answer = self._dynamodb.batch_get_item(RequestItems=asked)
            read = map(Subscription.from_item, answer["Responses"][self._table])
            found |= {_id(each): each for each in read}
            keys = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        raise SubscriptionsError(f"{len(keys)} subscriptions are still unread after {_TRIES} requests.")

    def _query(self, owner: str, **more: Any) -> Any:
        return self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
            ConsistentRead=True,
            **more,
        )


def _id(subscription: Subscription) -> tuple[str, str]:
    return subscription.owner, subscription.subscription_id


def _key(owner: str, subscription_id: str) -> Item:
    return {"owner": {"S": owner}, "subscription_id": {"S": subscription_id}}
