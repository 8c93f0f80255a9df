"""The ledger of a run: a summary of the requests and faults, and the accounts of their results."""

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


def verdict(ledger: Iterable[Account]) -> str:
    """Return whether every difference is explained, and how many are not."""
    unexplained = sum(len(account.unexplained) for account in ledger)
    return f"NOT reconciled, {unexplained} unexplained" if unexplained else "reconciled"


def summary(evidence: Evidence) -> Iterable[str]:
    """Yield lines that count the requests, the faults and the responses."""
    stage, faults = evidence.stage, evidence.faults
    acknowledged = evidence.acknowledged
    uploads = sum(map(len, acknowledged.puts.values()))
    yield f"uploads {uploads}, recognized again {len(acknowledged.requests)}, erased {len(acknowledged.erased)}"
    kills = Counter(kill.function for kill in faults.kills)
    broken = {name: sum(bool(batch.error) for batch in stage.batches.all(name)) for name in FUNCTIONS}
    yield "kills " + ", ".join(f"{name} {kills[name]} ({broken[name]} in a batch)" for name in FUNCTIONS)
    yield "Rekognition " + _counts(call.outcome for call in stage.rekognition.calls) + f"; storms {faults.storms}"
    for name, receiver in stage.receivers.items():
        restarts = f"; restarts {len(receiver.restarts)}" if receiver.restarts else ""
        yield f"receiver {name}: " + _counts(receipt.response for receipt in receiver.receipts) + restarts
    yield f"entries refused by SQS and SNS {len(evidence.refused)}"
    yield f"repeated events {faults.repeats}; poison " + _counts(
        name for name, sent in faults.poison.items() for _ in sent
    )
    yield f"dead letters sent back {stage.redriven}; redriven or replayed by the owner {stage.sent_again}"


def table(ledger: Iterable[Account]) -> Iterable[str]:
    """Yield the lines of the accounts, and below them the unexplained differences."""
    accounts = list(ledger)
    yield _HEAD
    yield from map(str, accounts)
    for account in accounts:
        for line in account.unexplained[:_MOST_SHOWN]:
            yield f"UNEXPLAINED {account.name}: {line}"


def _counts(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common())
