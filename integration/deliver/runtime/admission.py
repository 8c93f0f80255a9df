"""Who may be tried now: not who does not answer, and not who is told as much as they want already."""

from collections.abc import Mapping, Sequence

from integration.deliver.runtime.outcome import Owed, PutOff
from integration.subscriptions.runtime.circuit_breaker import SHORTEST_REST
from integration.subscriptions.runtime.subscriber_state import Standings
from integration.subscriptions.runtime.subscription import Subscription

LONGEST_DELAY = 900
"""SQS delays a message no longer: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""


def put_off(owed: Sequence[Owed], standings: Standings, now: float) -> dict[str, PutOff]:
    """Those that have to wait, by message id; who is well and has no rate limit costs no request."""
    by_subscription: dict[tuple[str, str], list[Owed]] = {}
    for each in owed:
        by_subscription.setdefault((each.delivery.owner, each.delivery.subscription_id), []).append(each)
    return {name: wait for group in by_subscription.values() for name, wait in _waiting(group, standings, now).items()}


def _waiting(group: Sequence[Owed], standings: Standings, now: float) -> Mapping[str, PutOff]:
    subscription = max((each.subscription for each in group), key=lambda each: each.health.failed_at)
    health = subscription.health
    if health.resumes_at > now:
        return _all(group, health.resumes_at - now)
    if health.resting:
        tried = 1 if standings.probe(subscription, int(now)) else 0
        return _all(group[tried:], SHORTEST_REST)
    unreserved = [each for each in group if not each.delivery.reserved]
    return _by_turns(unreserved, subscription, standings, now) if subscription.rate_limit and unreserved else {}


def _by_turns(group: Sequence[Owed], subscription: Subscription, standings: Standings, now: float) -> dict[str, PutOff]:
    turns = standings.reserve(subscription, len(group), now, LONGEST_DELAY)
    if turns is None:
        return _all(group, LONGEST_DELAY)
    later = {each.message_id: turn - now for each, turn in zip(group, turns, strict=True) if turn > now}
    return {message_id: PutOff(seconds, reserved=True) for message_id, seconds in later.items()}


def _all(group: Sequence[Owed], seconds: float) -> dict[str, PutOff]:
    return {each.message_id: PutOff(seconds) for each in group}
