"""`python -m tests.chaos`: run the long form, print its ledger, and fail if a difference is unexplained.

Without a seed the run takes a new one, and prints it so that the run can be repeated.
"""

import argparse
import random
import sys
import time

from tests.chaos.ledger.evidence import Evidence
from tests.chaos.ledger.ledger import all_accounts, summary, table, verdict
from tests.chaos.plan.plan import LONG, SHORT
from tests.chaos.run.run import carry_out
from tests.chaos.run.stage import set_stage

_SEEDS = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="the seed of an earlier run (default: a new one)")
    parser.add_argument("--short", action="store_true", help="the short run, as in make test")
    arguments = parser.parse_args()
    seed = random.randrange(_SEEDS) if arguments.seed is None else arguments.seed
    started = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)

    report(f"seed {seed}")
    with set_stage(SHORT if arguments.short else LONG, seed) as stage:
        carry_out(stage, report)
        evidence = Evidence(stage)
        ledger = all_accounts(evidence)
        report(f"seed {seed}: {verdict(ledger)}\n")
        print("\n".join([*summary(evidence), "", *table(ledger)]))
    return int(any(account.unexplained for account in ledger))


if __name__ == "__main__":
    sys.exit(main())
