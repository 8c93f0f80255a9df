"""The state of subscribers in their subscriptions' rows: circuit breaker, rate limiter, and the disabling.

A row is written only when a subscriber starts or stops failing; a healthy subscriber costs no request.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from integration.subscriptions.runtime.circuit_breaker import CircuitBreaker
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription, circuit_breaker_of
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import UpdateItemInputTypeDef

_EXISTS = "attribute_exists(subscription_id)"
_MOST_REMEMBERED = 1000
_Key = tuple[str, str]


class SubscriberState:
    """The state in the table, and the memory of this worker, which serves deliveries that were queued earlier.

    The deployment's default subscription has no row: its state is what this worker remembers.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table
        self._remembered: dict[_Key, tuple[float, Subscription]] = {}

    def current(self, subscription: Subscription, as_of: float) -> Subscription:
        """Return the subscription as it was at `as_of`, or as this worker has seen it since."""
        seen_at, seen = self._remembered.get((subscription.owner, subscription.subscription_id), (0.0, subscription))
        if seen_at < as_of:
            return subscription
        return replace(subscription, circuit_breaker=seen.circuit_breaker, disabled=seen.disabled)

    def record_failures(self, subscription: Subscription, failures: int, rest_until: int, now: int) -> CircuitBreaker:
        """Add failures to the streak of the circuit breaker; return its new state."""
        start = subscription.circuit_breaker.streak_start(now)
        new_streak = start == now and subscription.circuit_breaker.failures
        since = ":began" if new_streak else "if_not_exists(failing_since, :began)"
        item = self._update(
            subscription,
            f"SET failing_since = {since}, failed_at = :now, rest_until = :rest ADD failures :failures",
            {":began": start, ":now": now, ":rest": rest_until, ":failures": failures},
        )
        remembered = CircuitBreaker(start, subscription.circuit_breaker.failures + failures, now, rest_until)
        circuit_breaker = remembered if item is None else circuit_breaker_of(item)
        self._remember(replace(subscription, circuit_breaker=circuit_breaker), now)
        return circuit_breaker

    def record_success(self, subscription: Subscription, now: int) -> None:
        """Close the circuit breaker: forget the streak of failures."""
        self._update(subscription, "REMOVE failing_since, failures, failed_at, rest_until", {})
        self._remember(replace(subscription, circuit_breaker=CircuitBreaker()), now)

    def claim_probe(self, subscription: Subscription, now: int) -> bool:
        """Return True if this worker may probe a subscriber whose circuit is open.

        The first worker's conditional write succeeds; it changes `failed_at`, so that the others' writes fail.
        """
        if subscription.owner == EVERY_OWNER:
            return True
        values = {":now": now, ":seen": subscription.circuit_breaker.failed_at}
        return self._update(subscription, "SET failed_at = :now", values, "failed_at = :seen") is not None

    def disable(self, subscription: Subscription, reason: str, at: str, now: int) -> bool:
        """Disable the subscription for this reason; return False if it is disabled already or has no row."""
        values = {":reason": reason, ":at": at}
        item = self._update(
            subscription, "SET disabled = :reason, disabled_at = :at", values, "attribute_not_exists(disabled)"
        )
        self._remember(replace(subscription, disabled=reason), now)
        return item is not None

    def reserve_slots(self, subscription: Subscription, slots: int, now: float, longest: float) -> list[float] | None:
        """Reserve slots of the rate limiter, one for each attempt; return their times, the earliest first.

        Return None, and reserve nothing, if the last slot would be more than `longest` seconds away.
        """
        apart = 60 / subscription.rate_limit
        numbers = {":now": round(now, 3), ":taken": round(apart * slots, 3)}
        full = {":full": round(now + longest - apart * slots, 3)}
        item = self._update(
            subscription,
            "SET busy_until = busy_until + :taken",
            numbers | full,
            "busy_until > :now AND busy_until <= :full",
        ) or self._update(
            subscription,
            "SET busy_until = :until",
            {":now": numbers[":now"], ":until": numbers[":now"] + numbers[":taken"]},
            "(attribute_not_exists(busy_until) OR busy_until <= :now)",
        )
        if item is None:
            return None
        until = float(item["busy_until"]["N"])
        return [until - apart * (slots - n) for n in range(slots)]

    def _remember(self, subscription: Subscription, now: float) -> None:
        self._remembered.pop(subscription.key, None)
        self._remembered[subscription.key] = (now, subscription)
        if len(self._remembered) > _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]

    def _update(
        self, subscription: Subscription, expression: str, values: Mapping[str, float | str], condition: str = ""
    ) -> Item | None:
        """Return the row after the update; None if there is no such row, or the condition is false."""
        if subscription.owner == EVERY_OWNER:
            return None
        update: UpdateItemInputTypeDef = {
            "TableName": self._table,
            "Key": {"owner": {"S": subscription.owner}, "subscription_id": {"S": subscription.subscription_id}},
            "UpdateExpression": expression,
            "ConditionExpression": f"{_EXISTS} AND {condition}" if condition else _EXISTS,
            "ReturnValues": "ALL_NEW",
        }
        if values:
            update["ExpressionAttributeValues"] = {
                name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in values.items()
            }
        try:
            return self._dynamodb.update_item(**update)["Attributes"]
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
