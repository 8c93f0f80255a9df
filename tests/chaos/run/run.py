"""One run: the planned steps and faults, the recovery of all servers, and the working off of the queues."""

import time
from collections.abc import Callable

from tests.chaos.clients.owner import QUEUES
from tests.chaos.clients.schedule import Schedule
from tests.chaos.plan import plan
from tests.chaos.run.stage import Stage

Report = Callable[[str], None]

_PATIENCE, _REPORTED_EVERY, _REDRIVEN_EVERY = 900.0, 20, 2.0
_RECOVERING, _RECOVERED_AT = ("hanging", "redirecting"), 0.5
"""The receivers that recover at half time, because one that hangs holds a worker for 15 s a batch."""
_FAILURES = 6
"""The requests that a receiver must have received before it recovers: enough failures to open its circuit."""


def carry_out(stage: Stage, report: Report) -> None:
    """Carry out the plan, then work the queues off."""
    steps = plan.steps(plan.lives(stage.size, stage.dice), stage.dice)
    faults = plan.faults(stage.size, stage.dice)
    report(f"{stage.size.images} images, {len(steps)} steps, {len(faults)} faults within {stage.size.seconds:.0f} s")
    started, schedule = time.monotonic(), Schedule(steps, stage.size.seconds, stage.users.do)
    for number, fault in enumerate(faults):
        _sleep_until(started + fault.at * stage.size.seconds)
        _recover(stage, min(fault.at, 0.99))
        stage.faults.inject(fault)
        if not number % _REPORTED_EVERY:
            received = sum(len(receiver.receipts) for receiver in stage.receivers.values())
            report(f"{number} faults injected, {received} requests received")
    stage.faults.end()
    while not schedule.over:  # a recognition that a user waits for may be among the dead letters
        time.sleep(_REDRIVEN_EVERY)
        if not any(stage.operator.waiting().values()):
            stage.operator.redrive()
    schedule.join()
    _work_off(stage, report, "Uploads", "Events")
    _wait_for_failures(stage)
    report("all is uploaded, all faults are injected; now all servers recover")
    stage.rekognition.calm = True
    _recover(stage, 1)
    settle(stage, report)


def settle(stage: Stage, report: Report) -> None:
    """Redrive and replay as the operator and the owner, until no message waits."""
    stage.owner.enable_all()
    _work_off(stage, report)
    stage.redriven = stage.operator.redrive()
    report(f"dead letters sent back: {stage.redriven}")
    _work_off(stage, report)
    stage.owner.enable_all()  # a last response of 410 may have been under way
    stage.sent_again = stage.owner.redrive_and_replay()
    report(f"redriven or replayed: {stage.sent_again}")
    _work_off(stage, report)
    stage.batches.follow()


def _recover(stage: Stage, moment: float) -> None:
    for name, receiver in stage.receivers.items():
        soon = name in _RECOVERING and moment >= _RECOVERED_AT and len(receiver.receipts) >= _FAILURES
        receiver.calm = receiver.calm or soon or moment >= 1


def _work_off(stage: Stage, report: Report, *names: str) -> None:
    deadline, reported = time.monotonic() + _PATIENCE, 0.0
    while any((waiting := stage.operator.waiting())[name] for name in names or QUEUES):
        assert time.monotonic() < deadline, f"still waiting: {waiting}"
        if time.monotonic() - reported > 10:
            report(f"waiting: {waiting}")
            reported = time.monotonic()
        time.sleep(0.2)


def _wait_for_failures(stage: Stage) -> None:
    deadline = time.monotonic() + _PATIENCE
    while few := [name for name, receiver in stage.receivers.items() if len(receiver.receipts) < _FAILURES]:
        assert time.monotonic() < deadline, f"too few requests received: {few}"
        time.sleep(0.1)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
