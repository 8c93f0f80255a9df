"""One run: everything that is planned happens, then everything calms down, and what is waiting is worked off."""

import time
from collections.abc import Callable

from tests.chaos.clients.owner import QUEUES
from tests.chaos.clients.schedule import Feeding
from tests.chaos.plan import plan
from tests.chaos.run.stage import Stage

Tell = Callable[[str], None]

_PATIENCE, _TOLD_EVERY, _LOOKED_EVERY = 600.0, 20, 2.0
_MENDED_SOON, _MENDED_AT, _FAULTS = ("hanging", "redirecting"), 0.5, 6
"""Who hangs holds workers for 15 s a batch; so many have to have come, enough for a rest."""


def happen(at: Stage, tell: Tell) -> None:
    """Do all that is planned, then have it worked off."""
    steps = plan.steps(plan.lives(at.form, at.dice), at.dice)
    faults = plan.faults(at.form, at.dice)
    tell(f"{at.form.images} images, {len(steps)} steps, {len(faults)} faults within {at.form.seconds:.0f} s")
    begun, feeding = time.monotonic(), Feeding(steps, at.form.seconds, at.users.do)
    for number, fault in enumerate(faults):
        _sleep_until(begun + fault.at * at.form.seconds)
        _mend(at, min(fault.at, 0.99))
        at.mischief.do(fault)
        if not number % _TOLD_EVERY:
            tell(f"{number} faults done, {sum(len(each.told) for each in at.receivers.values())} times told")
    at.mischief.end()
    while not feeding.over:  # an answer that a user waits for may lie among the dead letters
        time.sleep(_LOOKED_EVERY)
        if not any(at.operator.waiting().values()):
            at.operator.redrive()
    feeding.join()
    _worked_off(at, tell, "Uploads", "Events")
    while any(len(each.told) < _FAULTS for each in at.receivers.values()):
        time.sleep(0.1)
    tell("all is uploaded, all faults are done; now everybody answers")
    at.detector.calm = True
    _mend(at, 1)
    settle(at, tell)


def settle(at: Stage, tell: Tell) -> None:
    """What an owner and an operator do afterwards, until nothing is left to do."""
    at.owner.enable_all()
    _worked_off(at, tell)
    at.redriven = at.operator.redrive()
    tell(f"dead letters sent back: {at.redriven}")
    _worked_off(at, tell)
    at.owner.enable_all()  # a last 410 may have been under way
    at.sent_again = at.owner.send_again()
    tell(f"given up or dropped, and sent again: {at.sent_again}")
    _worked_off(at, tell)
    at.batches.follow()


def _mend(at: Stage, moment: float) -> None:
    for name, each in at.receivers.items():
        soon = name in _MENDED_SOON and moment >= _MENDED_AT and len(each.told) >= _FAULTS
        each.calm = each.calm or soon or moment >= 1


def _worked_off(at: Stage, tell: Tell, *names: str) -> None:
    deadline, told = time.monotonic() + _PATIENCE, 0.0
    while any((waiting := at.operator.waiting())[name] for name in names or QUEUES):
        assert time.monotonic() < deadline, f"still waiting: {waiting}"
        if time.monotonic() - told > 10:
            tell(f"waiting: {waiting}")
            told = time.monotonic()
        time.sleep(0.2)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
