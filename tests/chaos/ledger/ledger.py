"""The ledger of a run: what was done to the app, and what came of it, account by account."""

from collections import Counter
from collections.abc import Iterable

from tests.chaos.functions.batches import FUNCTIONS
from tests.chaos.ledger import deliveries, failures, payments, receipts, recognitions
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence

_HEAD = f"{'account':34}{'expected':>8}{'found':>8}{'  ?':>6}   explained"
_MOST_SHOWN = 12


def accounts(evidence: Evidence) -> list[Account]:
    """All of them."""
    return [
        each for room in (recognitions, payments, deliveries, receipts, failures) for each in room.accounts(evidence)
    ]


def happened(evidence: Evidence) -> Iterable[str]:
    """What was done, counted."""
    at, mischief = evidence.at, evidence.mischief
    promises = evidence.promises
    uploads = sum(map(len, promises.puts.values()))
    yield f"uploads {uploads}, looked at again {len(promises.requests)}, erased {len(promises.erased)}"
    kills = Counter(each.function for each in mischief.kills)
    broken = {name: sum(bool(each.error) for each in at.batches.all(name)) for name in FUNCTIONS}
    yield "kills " + ", ".join(f"{name} {kills[name]} ({broken[name]} in a batch)" for name in FUNCTIONS)
    yield "detector " + _counts(each.manner for each in at.detector.calls) + f"; storms {mischief.storms}"
    for name, receiver in at.receivers.items():
        restarts = f"; restarts {len(receiver.restarts)}" if receiver.restarts else ""
        yield f"receiver {name}: " + _counts(each.answer for each in receiver.told) + restarts
    yield f"entries refused by SQS and SNS {len(evidence.refused)}"
    yield f"repeated events {mischief.repeats}; poison " + _counts(
        name for name, sent in mischief.poison.items() for _ in sent
    )
    yield f"sent back from the dead letters {at.redriven}; sent again by the owner {at.sent_again}"


def table(made: Iterable[Account]) -> Iterable[str]:
    """The accounts, and below them what is unexplained."""
    kept = list(made)
    yield _HEAD
    yield from map(str, kept)
    for account in kept:
        for line in account.unexplained[:_MOST_SHOWN]:
            yield f"UNEXPLAINED {account.name}: {line}"


def _counts(said: Iterable[str]) -> str:
    return ", ".join(f"{each} {count}" for each, count in Counter(said).most_common())
