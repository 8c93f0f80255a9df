"""The accounts of failures: messages that wait, dead letters, and functions that failed."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.clients.owner import QUEUES
from tests.chaos.faults.injector import Kill
from tests.chaos.functions.batches import FUNCTIONS, Batch
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence

_NOT_STARTED, _NEAR = ("exited immediately", "init failed", "No such file", "Broken pipe"), 10.0
_SLACK = 0.5
"""Seconds by which the emulator's clock for a batch may differ from that of the worker's death."""


def accounts(evidence: Evidence) -> Iterator[Account]:
    """Yield the accounts in order."""
    waiting = sum(evidence.waiting.values())
    yield Account("messages still waiting", 0, waiting, unexplained=["a message waits"] * waiting)
    for name in QUEUES:
        yield _letters(evidence, name)
    for function in FUNCTIONS:
        yield _failed(evidence, function)


def _letters(evidence: Evidence, name: str) -> Account:
    """Compare the dead letters with the poison; nothing else may be among them."""
    poison, letters = Counter(evidence.faults.poison[name]), Counter(evidence.dead_letters[name])
    account = Account(f"dead letters of {name}: poison", poison.total(), letters.total())
    account.unexplained += [f"poison that vanished: {letter[:80]}" for letter in (poison - letters).elements()]
    further = list((letters - poison).elements())
    twice = [letter for letter in further if letter in poison]
    account.explain("moved there more than once: a worker died before its message was deleted", len(twice))
    account.unexplained += [f"no poison: {letter[:300]}" for letter in further if letter not in poison]
    return account


def _failed(evidence: Evidence, function: str) -> Account:
    """Explain each failed batch; a function fails only where its worker was killed."""
    failed = [batch for batch in evidence.stage.batches.all(function) if batch.error]
    kills = [kill for kill in evidence.faults.kills if kill.function == function]
    account = Account(f"{function} failed", len(kills), len(failed))
    for batch in failed:
        if any(_overlap(batch, kill) for kill in kills):
            account.explain("batches in which a worker was killed")
        elif any(_fell_with(batch, other) for other in failed):
            account.explain("batches whose worker the emulator ended because another did not start")
        else:
            account.unexplained.append(f"batch {batch.number} at {batch.begun:.3f}: {batch.error}")
    return account


def _overlap(batch: Batch, kill: Kill) -> bool:
    return batch.begun - _SLACK <= kill.until and kill.at <= (batch.ended or batch.begun) + _SLACK


def _fell_with(batch: Batch, other: Batch) -> bool:
    """Return True if a batch failed with another: MiniStack ends all workers of a function if one does not start."""
    not_started = any(text in str(batch.error) for text in _NOT_STARTED)
    return not_started and batch is not other and batch.during(other.ended or 0, _NEAR)
