from tests.chaos.ledger.account import Account
from tests.chaos.ledger.ledger import verdict


def test_a_ledger_without_an_unexplained_difference_is_reconciled() -> None:
    assert verdict([Account("steady", 3, 4, explained={"received more than once": 1})]) == "reconciled"


def test_a_verdict_counts_what_is_unexplained() -> None:
    accounts = [Account("steady", 1, 1), Account("gone", 2, 1, unexplained=["dlv_1: not in the log"])]
    assert verdict(accounts) == "NOT reconciled, 1 unexplained"
