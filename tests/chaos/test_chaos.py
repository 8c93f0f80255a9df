"""The short run, one for all of these tests; each account of its ledger is a test."""

from collections.abc import Iterator

import pytest

from tests.chaos.functions.batches import FUNCTIONS
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence
from tests.chaos.ledger.ledger import all_accounts, summary, table
from tests.chaos.plan.plan import SHORT
from tests.chaos.run.run import carry_out
from tests.chaos.run.stage import SUBSCRIBERS, set_stage

SEED = 1
ACCOUNTS = (
    "objects of acknowledged uploads",
    "versions that recognize received",
    "images with one current outcome",
    "requests to recognize again",
    "earlier outcomes",
    "rows that find images",
    "erased images",
    "paid calls of Rekognition",
    *(f"counted as {name}" for name in ("uploads", "recognized", "rejected", "reused", "rekognition_calls")),
    *(f"deliveries to {name}" for name in SUBSCRIBERS),
    *(f"accepted by {name}" for name in SUBSCRIBERS),
    "attempts that receivers recorded",
    "messages still waiting",
    *(f"dead letters of {name}: poison" for name in ("Uploads", "Events", "Deliveries")),
    *(f"{name} failed" for name in FUNCTIONS),
)


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    with set_stage(SHORT, SEED) as stage:
        carry_out(stage, print)
        yield Evidence(stage)


@pytest.fixture(scope="module")
def ledger(evidence: Evidence) -> dict[str, Account]:
    ledger = all_accounts(evidence)
    print("\n".join([*summary(evidence), "", *table(ledger)]))
    return {account.name: account for account in ledger}


def test_the_ledger_has_these_accounts(ledger: dict[str, Account]) -> None:
    assert tuple(ledger) == ACCOUNTS


@pytest.mark.parametrize("name", ACCOUNTS)
def test_an_account_has_nothing_unexplained(ledger: dict[str, Account], name: str) -> None:
    assert not ledger[name].unexplained, "\n".join(ledger[name].unexplained)


def test_all_planned_faults_happened(evidence: Evidence) -> None:
    assert len(evidence.faults.kills) >= SHORT.kills
    assert {batch.function for batch in evidence.stage.batches.failed()} == set(FUNCTIONS)
    assert sum(len(receiver.restarts) for receiver in evidence.stage.receivers.values()) == SHORT.restarts
    assert {call.paid for call in evidence.stage.rekognition.calls} == {True, False}
    assert all({receipt.response for receipt in receiver.receipts} for receiver in evidence.stage.receivers.values())
    assert evidence.refused
