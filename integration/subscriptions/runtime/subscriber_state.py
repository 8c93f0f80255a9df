"""How the subscribers stand, kept in their subscriptions' rows: written where one begins or ceases to fail."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integration.subscriptions.runtime.circuit_breaker import Health
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription, health_of
from wire.aws.rows import Item

_THERE = "attribute_exists(subscription_id)"
_MOST_KNOWN = 1000
_Key = tuple[str, str]


class Standings:
    """Who is well costs nothing; what a worker learns it remembers, for the deliveries queued before.

    The deployment's default subscription has no row, and stands as this worker has seen it.
    """

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table
        self._known: dict[_Key, tuple[float, Subscription]] = {}

    def now(self, subscription: Subscription, as_of: float) -> Subscription:
        """The subscription as it stood then, or as this worker has seen it since."""
        seen_at, known = self._known.get(_key(subscription), (0.0, subscription))
        return replace(subscription, health=known.health, disabled=known.disabled) if seen_at >= as_of else subscription

    def failed(self, subscription: Subscription, failures: int, rest_until: int, now: int) -> Health:
        """Count failures in a row; answers how many there are by now."""
        began = subscription.health.began(now)
        since = ":began" if began == now and subscription.health.failures else "if_not_exists(failing_since, :began)"
        item = self._updated(
            subscription,
            f"SET failing_since = {since}, failed_at = :now, rest_until = :rest ADD failures :failures",
            {":began": began, ":now": now, ":rest": rest_until, ":failures": failures},
        )
        local = Health(began, subscription.health.failures + failures, now, rest_until)
        health = local if item is None else health_of(item)
        self._remember(replace(subscription, health=health), now)
        return health

    def recovered(self, subscription: Subscription, now: int) -> None:
        """Forget the failures."""
        self._updated(subscription, "REMOVE failing_since, failures, failed_at, rest_until", {})
        self._remember(replace(subscription, health=Health()), now)

    def probe(self, subscription: Subscription, now: int) -> bool:
        """Whether this worker is the one to try a resting subscriber: whoever is first keeps the others away."""
        if subscription.owner == EVERY_OWNER:
            return True
        seen = {":now": now, ":seen": subscription.health.failed_at}
        return self._updated(subscription, "SET failed_at = :now", seen, "failed_at = :seen") is not None

    def disable(self, subscription: Subscription, reason: str, at: str, now: int) -> bool:
        """Tell it nothing more, for this reason; False when it is disabled already, or has no row."""
        texts = {":reason": reason, ":at": at}
        item = self._updated(
            subscription, "SET disabled = :reason, disabled_at = :at", texts, "attribute_not_exists(disabled)"
        )
        self._remember(replace(subscription, disabled=reason), now)
        return item is not None

    def reserve(self, subscription: Subscription, turns: int, now: float, longest: float) -> list[float] | None:
        """When each of so many attempts may be made under its rate limit; None when none within the `longest` wait."""
        apart = 60 / subscription.rate_limit
        numbers = {":now": round(now, 3), ":taken": round(apart * turns, 3)}
        full = {":full": round(now + longest - apart * turns, 3)}
        item = self._updated(
            subscription,
            "SET busy_until = busy_until + :taken",
            numbers | full,
            "busy_until > :now AND busy_until <= :full",
        ) or self._updated(
            subscription,
            "SET busy_until = :until",
            {":now": numbers[":now"], ":until": numbers[":now"] + numbers[":taken"]},
            "(attribute_not_exists(busy_until) OR busy_until <= :now)",
        )
        if item is None:
            return None
        until = float(item["busy_until"]["N"])
        return [until - apart * (turns - n) for n in range(turns)]

    def _remember(self, subscription: Subscription, now: float) -> None:
        self._known.pop(_key(subscription), None)
        self._known[_key(subscription)] = (now, subscription)
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def _updated(
        self, subscription: Subscription, how: str, values: Mapping[str, float | str], only_if: str = ""
    ) -> Item | None:
        """The row after the update; None when there is no such row, or not in such a state."""
        if subscription.owner == EVERY_OWNER:
            return None
        given = {name: {"S": each} if isinstance(each, str) else {"N": str(each)} for name, each in values.items()}
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key={"owner": {"S": subscription.owner}, "subscription_id": {"S": subscription.subscription_id}},
                UpdateExpression=how,
                ConditionExpression=f"{_THERE} AND {only_if}" if only_if else _THERE,
                ReturnValues="ALL_NEW",
                **({"ExpressionAttributeValues": given} if given else {}),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        item: Item = answer["Attributes"]
        return item


def _key(subscription: Subscription) -> _Key:
    return subscription.owner, subscription.subscription_id
