"""`python -m tests.chaos`: the long form, prints its ledger and fails when anything is unexplained."""

import argparse
import sys
import time

from tests.chaos.ledger.evidence import Evidence
from tests.chaos.ledger.ledger import all_accounts, happened, table
from tests.chaos.plan.plan import LONG, SHORT
from tests.chaos.run.run import happen
from tests.chaos.run.stage import stage


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="the short run, as in make test")
    arguments = parser.parse_args()
    started = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)

    with stage(SHORT if arguments.short else LONG, arguments.seed) as at:
        happen(at, report)
        evidence = Evidence(at)
        ledger = all_accounts(evidence)
        report("reconciled\n")
        print("\n".join([*happened(evidence), "", *table(ledger)]))
    return int(any(account.unexplained for account in ledger))


if __name__ == "__main__":
    sys.exit(main())
