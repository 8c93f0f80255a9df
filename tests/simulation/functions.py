"""Lambda: functions that share an account's concurrency, and how event sources invoke them."""

from collections.abc import Callable
from typing import Any

from sightline.pricing.batching.engine import Engine
from sightline.pricing.batching.pollers import End, Invoke
from tests.simulation.limits import Bucket, Refusals

MORE_WORKERS, MORE_WORKERS_SECONDS = 1000, 10
"""New workers of a function in any ten seconds: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"""
_THROTTLED_SECONDS = 1.0
"""An event source waits about so long before it invokes again a function that was throttled."""

Work = Callable[[list[Any], End], None]
"""Handles a batch of messages, and calls its second argument when the function returns."""


class Account:
    """The workers of all functions of an account that are busy at once."""

    def __init__(self, engine: Engine, refusals: Refusals, concurrency: int) -> None:
        self.engine, self.refusals, self.concurrency = engine, refusals, concurrency
        self.busy = 0


class Function:
    """A function. A worker that starts takes about `start_seconds`; `warm` workers have started already."""

    def __init__(self, account: Account, name: str, start_seconds: float, warm: int = 0) -> None:
        self._account, self._name, self._start_seconds = account, name, start_seconds
        self._idle = warm
        self._scaling = Bucket(MORE_WORKERS / MORE_WORKERS_SECONDS, MORE_WORKERS, MORE_WORKERS)

    def begin(self) -> float | None:
        """Occupy a worker; return the seconds until it has started, None if the invocation is throttled."""
        account = self._account
        if account.busy >= account.concurrency:
            account.refusals.add(account.engine.now, "Lambda: concurrency of the account")
            return None
        if not self._idle and not self._scaling.take(account.engine.now):
            account.refusals.add(account.engine.now, f"Lambda: new workers of {self._name}")
            return None
        account.busy += 1
        if self._idle:
            self._idle -= 1
            return 0.0
        return account.engine.about(self._start_seconds, 0.3)

    def end(self) -> None:
        """Free a worker."""
        self._account.busy -= 1
        self._idle += 1


def invoking(account: Account, function: Function, work: Work) -> Invoke:
    """Return how an event source invokes a function; one that is throttled it invokes again after a while."""

    def invoke(batch: list[Any], end: End) -> None:
        starting = function.begin()
        if starting is None:
            account.engine.after(_THROTTLED_SECONDS, invoke, batch, end)
        else:
            account.engine.after(starting, work, batch, lambda: returned(end))

    def returned(end: End) -> None:
        function.end()
        end()

    return invoke
