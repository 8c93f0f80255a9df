"""The ledger of a run: what was done to the app, and the accounts of what resulted."""

from collections import Counter
from collections.abc import Iterable

from tests.chaos.functions.batches import FUNCTIONS
from tests.chaos.ledger import deliveries, failures, payments, receipts, recognitions
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence

_HEAD = f"{'account':34}{'expected':>8}{'found':>8}{'  ?':>6}   explained"
_MOST_SHOWN = 12


def all_accounts(evidence: Evidence) -> list[Account]:
    """Return all accounts."""
    return [
        account
        for module in (recognitions, payments, deliveries, receipts, failures)
        for account in module.accounts(evidence)
    ]


def happened(evidence: Evidence) -> Iterable[str]:
    """Return lines that count what was done."""
    at, faults = evidence.at, evidence.faults
    promises = evidence.promises
    uploads = sum(map(len, promises.puts.values()))
    yield f"uploads {uploads}, recognized again {len(promises.requests)}, erased {len(promises.erased)}"
    kills = Counter(kill.function for kill in faults.kills)
    broken = {name: sum(bool(batch.error) for batch in at.batches.all(name)) for name in FUNCTIONS}
    yield "kills " + ", ".join(f"{name} {kills[name]} ({broken[name]} in a batch)" for name in FUNCTIONS)
    yield "Rekognition " + _counts(call.outcome for call in at.rekognition.calls) + f"; storms {faults.storms}"
    for name, receiver in at.receivers.items():
        restarts = f"; restarts {len(receiver.restarts)}" if receiver.restarts else ""
        yield f"receiver {name}: " + _counts(receipt.response for receipt in receiver.receipts) + restarts
    yield f"entries refused by SQS and SNS {len(evidence.refused)}"
    yield f"repeated events {faults.repeats}; poison " + _counts(
        name for name, sent in faults.poison.items() for _ in sent
    )
    yield f"dead letters sent back {at.redriven}; redriven or replayed by the owner {at.sent_again}"


def table(ledger: Iterable[Account]) -> Iterable[str]:
    """Return the lines of the accounts, and below them the unexplained differences."""
    accounts = list(ledger)
    yield _HEAD
    yield from map(str, accounts)
    for account in accounts:
        for line in account.unexplained[:_MOST_SHOWN]:
            yield f"UNEXPLAINED {account.name}: {line}"


def _counts(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common())
