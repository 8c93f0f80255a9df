"""`python -m tests.chaos`: the long form, its ledger printed; fails when anything is unexplained."""

import argparse
import sys
import time

from tests.chaos.ledger.evidence import Evidence
from tests.chaos.ledger.ledger import accounts, happened, table
from tests.chaos.plan.plan import LONG, SHORT
from tests.chaos.run.run import happen
from tests.chaos.run.stage import stage


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="the form that make test runs")
    given = parser.parse_args()
    begun = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {line}", flush=True)

    with stage(SHORT if given.short else LONG, given.seed) as at:
        happen(at, tell)
        evidence = Evidence(at)
        made = accounts(evidence)
        tell("reconciled\n")
        print("\n".join([*happened(evidence), "", *table(made)]))
    return int(any(each.unexplained for each in made))


if __name__ == "__main__":
    sys.exit(main())
