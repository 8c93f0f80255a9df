"""A worker in whose batch an attempt hangs takes more of the queue meanwhile.

Lambda counts a worker as busy until it has answered for its batch: one subscriber that lets every attempt wait for
15 s would soon hold all of them, and nobody else would be told.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait

from integration.deliver.runtime.batch import MOST_THREADS, Batch

UNHURRIED_SECONDS = 0.5
"""So long a batch is waited for before its worker looks for more."""
TAKING_SECONDS = 30
"""So long a worker takes more; if the last of it hangs, that is still no reason for alarm about its function's time."""
MOST_TAKEN = 10


def worked_off(
    first: Batch, take: Callable[[], Batch | None], clock: Callable[[], float] = time.monotonic
) -> Iterator[Batch]:
    """The first batch, and those taken while attempts of any hang, each as soon as it is over."""
    until = clock() + TAKING_SECONDS
    under_way, patience = [first], UNHURRIED_SECONDS
    while under_way:
        wait([told for each in under_way for told in each.pending if not told.done()], patience)
        over = [each for each in under_way if each.over]
        under_way = [each for each in under_way if each not in over]
        yield from over
        taking = clock() < until and 0 < _hanging(under_way) <= MOST_THREADS - MOST_TAKEN
        if taking and (taken := take()):
            under_way.append(taken)
        patience = 0 if taking else UNHURRIED_SECONDS


def _hanging(under_way: list[Batch]) -> int:
    return sum(not told.done() for each in under_way for told in each.pending)
