"""The accounts of who was told: receivers' books against deliveries."""

import re
from collections import Counter
from collections.abc import Iterator

from domain.event import DISABLED
from integration.deliveries.runtime.delivery import shared_prefix
from tests.chaos.functions.batches import DELIVER
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence
from tests.chaos.servers.receivers import FOLLOWED, HALF, RESET, TAKEN, Receiver, Told

ERASED = "of an image erased since"
_PREFIX = len(shared_prefix("img_" + "0" * 32))
_NEAR = (-0.5, 0.5)
_DELIVERY = re.compile(r'"delivery_id":"(dlv_\w+)"')


def accounts(evidence: Evidence) -> Iterator[Account]:
    """One after the other."""
    for name, receiver in evidence.at.receivers.items():
        yield _received(evidence, name, receiver)
    yield _attempts(evidence)


def _received(evidence: Evidence, name: str, receiver: Receiver) -> Account:
    """Each delivery that counts as delivered was taken; all that came verified, and said the same each time."""
    subscription_id = evidence.subscriptions[name].subscription_id
    ours = {
        each.delivery_id: each
        for each in evidence.deliveries.values()
        if each.subscription_id == subscription_id and each.status == "delivered"
    }
    taken = {each.webhook_id for each in receiver.told if each.answer in (TAKEN, HALF)}
    account = Account(f"taken by {name}", len(ours), len(taken))
    account.unexplained += [f"{each} counts as delivered and never came" for each in ours.keys() - taken]
    erased = {shared_prefix(image_id) for image_id in evidence.promises.erased}
    for each in taken - ours.keys():
        if each in evidence.forgotten or each[:_PREFIX] in erased:
            account.because(ERASED)
        elif each in evidence.deliveries and evidence.deliveries[each].type == DISABLED:
            account.because(f"of its own {DISABLED}, once it was enabled again")
        else:
            account.unexplained.append(f"{each} came and is in no log")
    account.because("told more than once", len(receiver.told) - len({each.webhook_id for each in receiver.told}))
    account.unexplained += _oddities(receiver.told)
    return account


def _oddities(told: list[Told]) -> Iterator[str]:
    said: dict[str, object] = {}
    for each in told:
        if not each.verified:
            yield f"{each.webhook_id}: the signature is wrong"
        if each.answer == FOLLOWED:
            yield f"{each.webhook_id}: a redirect was followed"
        if said.setdefault(each.webhook_id, each.event) != each.event and each.event["type"] != DISABLED:
            yield f"{each.webhook_id}: the same id told two things"


def _hung_up(receiver: Receiver) -> Iterator[str]:
    """The deliveries to which the receiver, or its restart, answered with no more than the end of the connection."""
    for told in receiver.told:
        if told.answer == RESET or any(_NEAR[0] <= told.at - moment <= _NEAR[1] for moment in receiver.restarts):
            yield told.webhook_id


def _in_killed_hands(evidence: Evidence) -> Iterator[str]:
    """The bodies of messages that a worker of deliver held which was killed: its batch's, and those it took itself."""
    broken = [each for each in evidence.at.batches.all(DELIVER) if each.error]
    for batch in broken:
        yield from (each["body"] for each in batch.messages)
    for at, body in evidence.at.batches.taken:
        if any(each.during(at) for each in broken):
            yield body


def _attempts(evidence: Evidence) -> Account:
    """The log holds each attempt that a receiver knows of, unless the worker that made it was killed."""
    came = Counter(told.webhook_id for each in evidence.at.receivers.values() for told in each.told)
    erased = {shared_prefix(image_id) for image_id in evidence.promises.erased}
    known = {name: count for name, count in came.items() if name[:_PREFIX] not in erased}
    logged = {name: evidence.attempts.get(name, 0) for name in known}
    account = Account("attempts that receivers know of", sum(known.values()), sum(logged.values()))
    killed = Counter(name for body in _in_killed_hands(evidence) for name in set(_DELIVERY.findall(body)))
    hung_up = Counter(name for each in evidence.at.receivers.values() for name in _hung_up(each))
    for name, count in known.items():
        missing = max(0, count - logged[name])
        by_killed = min(missing, killed[name])
        again = min(missing - by_killed, hung_up[name])
        account.because("made by a worker that was killed", by_killed)
        account.because("made once more at once: a kept connection was found dead", again)
        account.unexplained += [f"{name}: an attempt is in no log"] * (missing - by_killed - again)
    account.because("logged, and never came: the receiver was away", max(0, account.found - account.expected))
    return account
