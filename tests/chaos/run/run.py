"""One run: all that is planned happens, then all servers recover, and the queues are worked off."""

import time
from collections.abc import Callable

from tests.chaos.clients.owner import QUEUES
from tests.chaos.clients.schedule import Schedule
from tests.chaos.plan import plan
from tests.chaos.run.stage import Stage

Report = Callable[[str], None]

_PATIENCE, _REPORTED_EVERY, _REDRIVEN_EVERY = 900.0, 20, 2.0
_RECOVERING, _RECOVERED_AT, _FAILURES = ("hanging", "redirecting"), 0.5, 6
"""Receivers that recover at half time, since one that hangs holds a worker for 15 s a batch, and the failed requests
that each has to have received: enough to open its circuit."""


def happen(at: Stage, report: Report) -> None:
    """Do all that is planned, then work the queues off."""
    steps = plan.steps(plan.lives(at.size, at.dice), at.dice)
    faults = plan.faults(at.size, at.dice)
    report(f"{at.size.images} images, {len(steps)} steps, {len(faults)} faults within {at.size.seconds:.0f} s")
    started, schedule = time.monotonic(), Schedule(steps, at.size.seconds, at.users.do)
    for number, fault in enumerate(faults):
        _sleep_until(started + fault.at * at.size.seconds)
        _recover(at, min(fault.at, 0.99))
        at.faults.inject(fault)
        if not number % _REPORTED_EVERY:
            received = sum(len(receiver.receipts) for receiver in at.receivers.values())
            report(f"{number} faults injected, {received} requests received")
    at.faults.end()
    while not schedule.over:  # a recognition that a user waits for may be among the dead letters
        time.sleep(_REDRIVEN_EVERY)
        if not any(at.operator.waiting().values()):
            at.operator.redrive()
    schedule.join()
    _work_off(at, report, "Uploads", "Events")
    _wait_for_failures(at)
    report("all is uploaded, all faults are injected; now all servers recover")
    at.rekognition.calm = True
    _recover(at, 1)
    settle(at, report)


def settle(at: Stage, report: Report) -> None:
    """Do what an owner and an operator do afterwards, until nothing is left to do."""
    at.owner.enable_all()
    _work_off(at, report)
    at.redriven = at.operator.redrive()
    report(f"dead letters sent back: {at.redriven}")
    _work_off(at, report)
    at.owner.enable_all()  # a last response of 410 may have been under way
    at.sent_again = at.owner.redrive_and_replay()
    report(f"redriven or replayed: {at.sent_again}")
    _work_off(at, report)
    at.batches.follow()


def _recover(at: Stage, moment: float) -> None:
    for name, receiver in at.receivers.items():
        soon = name in _RECOVERING and moment >= _RECOVERED_AT and len(receiver.receipts) >= _FAILURES
        receiver.calm = receiver.calm or soon or moment >= 1


def _work_off(at: Stage, report: Report, *names: str) -> None:
    deadline, reported = time.monotonic() + _PATIENCE, 0.0
    while any((waiting := at.operator.waiting())[name] for name in names or QUEUES):
        assert time.monotonic() < deadline, f"still waiting: {waiting}"
        if time.monotonic() - reported > 10:
            report(f"waiting: {waiting}")
            reported = time.monotonic()
        time.sleep(0.2)


def _wait_for_failures(at: Stage) -> None:
    deadline = time.monotonic() + _PATIENCE
    while few := [name for name, receiver in at.receivers.items() if len(receiver.receipts) < _FAILURES]:
        assert time.monotonic() < deadline, f"too few requests received: {few}"
        time.sleep(0.1)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
