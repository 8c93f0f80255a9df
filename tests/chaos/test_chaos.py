"""The short form: one run for all of these tests, one test for each account of its ledger."""

from collections.abc import Iterator

import pytest

from tests.chaos.functions.batches import FUNCTIONS
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence
from tests.chaos.ledger.ledger import accounts, happened, table
from tests.chaos.plan.plan import SHORT
from tests.chaos.run.run import happen
from tests.chaos.run.stage import SUBSCRIBERS, stage

SEED = 1
ACCOUNTS = (
    "objects of acknowledged uploads",
    "versions that recognise heard of",
    "images with one current answer",
    "wishes to look again, answered",
    "earlier answers",
    "rows that find images",
    "erased images",
    "paid calls of Rekognition",
    *(f"counted as {name}" for name in ("uploads", "recognized", "rejected", "reused", "rekognition_calls")),
    *(f"deliveries owed to {name}" for name in SUBSCRIBERS),
    *(f"taken by {name}" for name in SUBSCRIBERS),
    "attempts that receivers know of",
    "messages still waiting",
    *(f"dead letters of {name}: poison" for name in ("Uploads", "Events", "Deliveries")),
    *(f"{name} broke off" for name in FUNCTIONS),
)


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    with stage(SHORT, SEED) as at:
        happen(at, print)
        yield Evidence(at)


@pytest.fixture(scope="module")
def ledger(evidence: Evidence) -> dict[str, Account]:
    made = accounts(evidence)
    print("\n".join([*happened(evidence), "", *table(made)]))
    return {each.name: each for each in made}


def test_every_account_is_held_here(ledger: dict[str, Account]) -> None:
    assert tuple(ledger) == ACCOUNTS


@pytest.mark.parametrize("name", ACCOUNTS)
def test_an_account_has_nothing_unexplained(ledger: dict[str, Account], name: str) -> None:
    assert not ledger[name].unexplained, "\n".join(ledger[name].unexplained)


def test_the_faults_that_were_planned_came_about(evidence: Evidence) -> None:
    assert len(evidence.mischief.kills) >= SHORT.kills
    assert {each.function for each in evidence.at.batches.broken()} == set(FUNCTIONS)
    assert sum(len(each.restarts) for each in evidence.at.receivers.values()) == SHORT.restarts
    assert {each.paid for each in evidence.at.detector.calls} == {True, False}
    assert all({each.answer for each in receiver.told} for receiver in evidence.at.receivers.values())
    assert evidence.refused
