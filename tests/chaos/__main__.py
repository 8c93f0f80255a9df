"""`python -m tests.chaos`: run the long form, print its ledger, and fail if a difference is unexplained."""

import argparse
import sys
import time

from tests.chaos.ledger.evidence import Evidence
from tests.chaos.ledger.ledger import all_accounts, summary, table
from tests.chaos.plan.plan import LONG, SHORT
from tests.chaos.run.run import carry_out
from tests.chaos.run.stage import set_stage


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="the short run, as in make test")
    arguments = parser.parse_args()
    started = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)

    with set_stage(SHORT if arguments.short else LONG, arguments.seed) as stage:
        carry_out(stage, report)
        evidence = Evidence(stage)
        ledger = all_accounts(evidence)
        report("reconciled\n")
        print("\n".join([*summary(evidence), "", *table(ledger)]))
    return int(any(account.unexplained for account in ledger))


if __name__ == "__main__":
    sys.exit(main())
