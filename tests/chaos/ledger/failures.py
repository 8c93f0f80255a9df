"""The accounts of what went wrong: queues, dead letters, and functions that broke off."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.clients.owner import QUEUES
from tests.chaos.faults.injector import Kill
from tests.chaos.functions.batches import FUNCTIONS, Batch
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence

_UNBEGUN, _NEAR = ("exited immediately", "init failed", "No such file", "Broken pipe"), 2.0
_SLACK = 0.5
"""Seconds between a kill and the emulator's noticing, or between its handing over a batch and the kill."""


def accounts(evidence: Evidence) -> Iterator[Account]:
    """One after the other."""
    waiting = sum(evidence.waiting.values())
    yield Account("messages still waiting", 0, waiting, unexplained=["a message waits"] * waiting)
    for name in QUEUES:
        yield _letters(evidence, name)
    for function in FUNCTIONS:
        yield _broken(evidence, function)


def _letters(evidence: Evidence, name: str) -> Account:
    """The dead letters are just the poison."""
    poison, letters = Counter(evidence.mischief.poison[name]), Counter(evidence.letters[name])
    account = Account(f"dead letters of {name}: poison", poison.total(), letters.total())
    account.unexplained += [f"poison that vanished: {each[:80]}" for each in (poison - letters).elements()]
    account.unexplained += [f"no poison: {each[:300]}" for each in (letters - poison).elements()]
    return account


def _broken(evidence: Evidence, function: str) -> Account:
    """A function breaks off only where its worker was killed."""
    broken = [each for each in evidence.at.batches.all(function) if each.error]
    kills = [each for each in evidence.mischief.kills if each.function == function]
    account = Account(f"{function} broke off", len(kills), len(broken))
    for batch in broken:
        if any(_overlap(batch, kill) for kill in kills):
            account.because("batches in which a worker was killed")
        elif any(_fell_with(batch, each) for each in broken):
            account.because("batches whose worker the emulator ended as well, for another did not start")
        else:
            account.unexplained.append(f"batch {batch.number} at {batch.begun:.3f}: {batch.error}")
    return account


def _overlap(batch: Batch, kill: Kill) -> bool:
    return batch.begun - _SLACK <= kill.until and kill.at <= (batch.ended or batch.begun) + _SLACK


def _fell_with(batch: Batch, other: Batch) -> bool:
    """MiniStack ends all workers of a function, starting ones too, when one of them is killed at its start."""
    unbegun = any(said in str(batch.error) for said in _UNBEGUN)
    return unbegun and batch is not other and batch.during(other.ended or 0, _NEAR)
