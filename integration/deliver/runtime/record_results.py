"""What follows from a batch: who fails is counted and at last disabled; all of it is logged, in one request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from aws_lambda_powertools import Logger

from domain.event import Event
from integration.deliver.runtime.outcome import Outcome, Owed, PutOff
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log_row import Logged, attempt_item, written
from integration.deliveries.runtime.response import BROKEN, ERASED, EXHAUSTED, Answer
from integration.subscriptions.runtime.circuit_breaker import LONGEST_ASKED
from integration.subscriptions.runtime.disabled_event import FAILING, GONE, notice
from integration.subscriptions.runtime.subscriber_state import Standings
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription
from wire.aws.retry_policy import DELIVERIES
from wire.aws.rows import Item

Announce = Callable[[Event], None]

logger = Logger()


def judge(
    owed: Iterable[Owed], outcomes: Mapping[str, Outcome], standings: Standings, announce: Announce, now: float
) -> list[Item]:
    """Learn from the attempts how their subscribers do; answers the log's rows about those disabled by it."""
    made: dict[tuple[str, str], list[Answer]] = {}
    subscriptions: dict[tuple[str, str], Subscription] = {}
    for each in owed:
        outcome = outcomes[each.message_id]
        if isinstance(outcome, Attempt) and outcome.answer != BROKEN:
            key = each.delivery.owner, each.delivery.subscription_id
            made.setdefault(key, []).append(outcome.answer)
            subscriptions[key] = each.subscription
    return [
        row for key, answers in made.items() for row in _judged(subscriptions[key], answers, standings, announce, now)
    ]


def rows(
    deliveries: Mapping[str, tuple[Delivery, int]],
    outcomes: Mapping[str, Outcome],
    pauses: Mapping[str, int],
    now: float,
) -> list[Item]:
    """The log's rows about a batch; `pauses` are the seconds until the next attempt of those that failed."""
    return [
        row
        for name, (delivery, number) in deliveries.items()
        for row in _rows(delivery, number, outcomes[name], pauses.get(name, 0), now)
    ]


def _judged(
    subscription: Subscription, answers: Sequence[Answer], standings: Standings, announce: Announce, now: float
) -> list[Item]:
    gone = any(each.gone for each in answers)
    if not gone and any(each.taken for each in answers):
        if subscription.health.failures:
            standings.recovered(subscription, int(now))
        return []
    asked = min(max(each.retry_after for each in answers), LONGEST_ASKED)
    rest_until = max(subscription.health.rest_until, int(now) + asked if asked else 0)
    health = standings.failed(subscription, len(answers), rest_until, int(now))
    reason = GONE if gone else FAILING if health.hopeless(int(now)) else ""
    if not reason or subscription.owner == EVERY_OWNER:
        return []
    return _disabled(replace(subscription, health=health), reason, standings, announce, now)


def _disabled(
    subscription: Subscription, reason: str, standings: Standings, announce: Announce, now: float
) -> list[Item]:
    """Told first and done then, so that a crash between the two tells it twice and not never."""
    event = notice(subscription, reason, written(subscription.health.failing_since), written(now))
    announce(event)
    if not standings.disable(subscription, reason, event.timestamp, int(now)):
        return []
    logger.warning("webhook disabled", extra={"subscription_id": subscription.subscription_id, "reason": reason})
    told = Logged.of(Delivery.of(event, subscription, int(now)), "dropped", reason="webhook_disabled")
    return [told.to_item(now)]


def _rows(delivery: Delivery, number: int, outcome: Outcome, pause: int, now: float) -> list[Item]:
    if isinstance(outcome, Attempt):
        next_at = written(now + pause) if pause else None
        stands = Logged.of(
            delivery,
            _status(outcome),
            tries=number,
            last=outcome.to_dict(),
            next_at=next_at,
            reason="gone" if outcome.answer.gone else None,
        )
        return [stands.to_item(now), attempt_item(delivery, outcome, next_at, now)]
    if isinstance(outcome, PutOff):
        first = number == 1 and not delivery.put_off
        waits = Logged.of(delivery, "pending", next_at=written(now + outcome.seconds))
        return [waits.to_item(now)] if first else []
    if outcome in (ERASED, EXHAUSTED):
        return []
    return [Logged.of(delivery, "dropped", tries=number - 1, reason=outcome.error).to_item(now)]


def _status(made: Attempt) -> str:
    if made.answer.taken:
        return "delivered"
    if made.answer.gone:
        return "dropped"
    return "dead" if made.number >= DELIVERIES.tries else "pending"
