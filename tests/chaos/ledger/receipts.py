"""The accounts of receipts: what the receivers recorded against the delivery log."""

import re
from collections import Counter
from collections.abc import Iterator

from domain.event import DISABLED
from integration.deliveries.runtime.delivery import shared_prefix
from tests.chaos.functions.batches import DELIVER
from tests.chaos.ledger.account import ERASED_SINCE, Account
from tests.chaos.ledger.evidence import Evidence
from tests.chaos.servers.receivers import ACCEPTED, FOLLOWED, HALF, RESET, Receipt, Receiver

_PREFIX = len(shared_prefix("img_" + "0" * 32))
_DELIVERY = re.compile(r'"delivery_id":"(dlv_\w+)"')


def accounts(evidence: Evidence) -> Iterator[Account]:
    """Yield the accounts in order."""
    for name, receiver in evidence.stage.receivers.items():
        yield _received(evidence, name, receiver)
    yield _attempts(evidence)


def _received(evidence: Evidence, name: str, receiver: Receiver) -> Account:
    """Compare delivered with received: every request is verified, and equal ids come with equal events."""
    subscription_id = evidence.subscriptions[name].subscription_id
    delivered = {
        delivery.delivery_id: delivery
        for delivery in evidence.deliveries.values()
        if delivery.subscription_id == subscription_id and delivery.status == "delivered"
    }
    accepted = {receipt.webhook_id for receipt in receiver.receipts if receipt.response in (ACCEPTED, HALF)}
    account = Account(f"accepted by {name}", len(delivered), len(accepted))
    account.unexplained += [
        f"{delivery_id} counts as delivered and was never received" for delivery_id in delivered.keys() - accepted
    ]
    erased = {shared_prefix(image_id) for image_id in evidence.acknowledged.erased}
    for delivery_id in accepted - delivered.keys():
        if delivery_id in evidence.erased_deliveries or delivery_id[:_PREFIX] in erased:
            account.explain(ERASED_SINCE)
        elif delivery_id in evidence.deliveries and evidence.deliveries[delivery_id].type == DISABLED:
            account.explain(f"of its own {DISABLED}, once it was enabled again")
        else:
            account.unexplained.append(f"{delivery_id} was received and is in no log")
    account.explain(
        "received more than once", len(receiver.receipts) - len({receipt.webhook_id for receipt in receiver.receipts})
    )
    account.unexplained += _oddities(receiver.receipts)
    return account


def _oddities(receipts: list[Receipt]) -> Iterator[str]:
    events: dict[str, object] = {}
    for receipt in receipts:
        if not receipt.verified:
            yield f"{receipt.webhook_id}: the signature is wrong"
        if receipt.response == FOLLOWED:
            yield f"{receipt.webhook_id}: a redirect was followed"
        if events.setdefault(receipt.webhook_id, receipt.event) != receipt.event and receipt.event["type"] != DISABLED:
            yield f"{receipt.webhook_id}: the same id with two events"


def _hung_up(receiver: Receiver) -> Iterator[str]:
    """Yield the ids of requests that may have found the end of their connection, by a reset or a restart."""
    for receipt in receiver.receipts:
        if receipt.response == RESET or any(restart.hung_up_on(receipt) for restart in receiver.restarts):
            yield receipt.webhook_id


def _held_by_killed_workers(evidence: Evidence) -> Iterator[str]:
    """Yield the messages of killed deliver workers: those of their batches and those that they received themselves."""
    failed = [batch for batch in evidence.stage.batches.all(DELIVER) if batch.error]
    for batch in failed:
        yield from (message["body"] for message in batch.messages)
    for at, body in evidence.stage.batches.taken:
        if any(batch.during(at) for batch in failed):
            yield body


def _attempts(evidence: Evidence) -> Account:
    """Compare received requests with logged attempts; an attempt of a killed worker may be missing."""
    received = Counter(
        receipt.webhook_id for receiver in evidence.stage.receivers.values() for receipt in receiver.receipts
    )
    erased = {shared_prefix(image_id) for image_id in evidence.acknowledged.erased}
    known = {name: count for name, count in received.items() if name[:_PREFIX] not in erased}
    logged = {name: evidence.attempts.get(name, 0) for name in known}
    account = Account("attempts that receivers recorded", sum(known.values()), sum(logged.values()))
    killed = Counter(name for body in _held_by_killed_workers(evidence) for name in set(_DELIVERY.findall(body)))
    hung_up = Counter(name for receiver in evidence.stage.receivers.values() for name in _hung_up(receiver))
    for name, count in known.items():
        missing = max(0, count - logged[name])
        by_killed = min(missing, killed[name])
        again = min(missing - by_killed, hung_up[name])
        account.explain("made by a worker that was killed", by_killed)
        account.explain("made again at once because a kept connection was dead", again)
        account.unexplained += [f"{name}: an attempt is in no log"] * (missing - by_killed - again)
    account.explain("logged, never received: the receiver was away", max(0, account.found - account.expected))
    return account
