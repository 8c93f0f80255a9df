"""One run: everything that is planned happens, then everything calms down, and what is waiting is worked off."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.deployment import Deployment, deployed
from local.loopback import serving
from tests.chaos import detector, plan
from tests.chaos.batches import Batches
from tests.chaos.feeding import Feeding
from tests.chaos.mischief import Mischief
from tests.chaos.owner import QUEUES, Operator, Owner
from tests.chaos.pictures import PictureHandler
from tests.chaos.receivers import CUT, HALF, HUNG, REDIRECT, RESET, TAKEN, Receiver
from tests.chaos.uploads import Users
from tests.ports import free_port

Tell = Callable[[str], None]

_PATIENCE = 600.0
_REFUSED = 0.03
"""So much of what functions send in batches SQS and SNS refuse."""
_MENDED_SOON, _MENDED_AT, _FAULTS = ("hanging", "redirecting"), 0.5, 6
"""Who hangs holds workers for 15 s a batch; so many have to have come, enough for a rest."""

SUBSCRIBERS: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "steady": ((TAKEN,), {}),
    "flaky": ((*[TAKEN] * 7, HALF, CUT, RESET, "500", "429", "503"), {}),
    "gone": ((TAKEN, "410"), {}),
    "hanging": ((HUNG,), {}),
    "redirecting": ((REDIRECT,), {}),
    "choosy": (
        (TAKEN,),
        {"events": ["image.recognized"], "labels": ["cat"], "min_confidence": 0.9, "rate_limit": 1200},
    ),
}


@dataclass
class Stage:
    """All there is to a run: the deployment, the people, the faults, and the books they keep."""

    deployment: Deployment
    form: plan.Form
    dice: random.Random
    batches: Batches
    detector: detector.Detector
    receivers: dict[str, Receiver]
    users: Users
    owner: Owner
    operator: Operator
    mischief: Mischief
    refused: Path
    redriven: dict[str, int] = field(default_factory=dict)
    sent_again: int = 0


@contextmanager
def stage(form: plan.Form, seed: int) -> Iterator[Stage]:
    """The app deployed, with a Rekognition and receivers that fail, and waits cut short."""
    dice = random.Random(seed)
    asked = detector.Detector(random.Random(dice.random()))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        log, refused = place / "batches.jsonl", place / "refused.jsonl"
        log.touch()
        refused.touch()
        environment = {
            "AWS_ENDPOINT_URL_REKOGNITION": stack.enter_context(serving(detector.handler(asked))),
            "BATCH_LOG": str(log),
            "LONGEST_WAIT": str(form.longest_wait),
            "REFUSED_SHARE": str(_REFUSED),
            "REFUSED_LOG": str(refused),
        }
        context = {"rekognition": "true", "detector": "rekognition", "concurrency": "3"}
        made = stack.enter_context(deployed(place / "app", free_port(), context=context, environment=environment))
        pictures = stack.enter_context(serving(PictureHandler))
        receivers = {
            name: Receiver(name, said, random.Random(dice.random())) for name, (said, _) in SUBSCRIBERS.items()
        }
        owner = Owner(made.endpoints.api)
        for name, each in receivers.items():
            each.open()
            stack.callback(each.close)
            owner.subscribe(each, **SUBSCRIBERS[name][1])
        batches, operator = Batches(log), Operator(made)
        mischief = Mischief(made, operator, batches, asked, list(receivers.values()), dice)
        users = Users(made, pictures, batches, time.time)
        yield Stage(made, form, dice, batches, asked, receivers, users, owner, operator, mischief, refused)


def happen(at: Stage, tell: Tell) -> None:
    """Do all that is planned, then have it worked off."""
    steps = plan.steps(plan.lives(at.form, at.dice), at.dice)
    faults = plan.faults(at.form, at.dice)
    tell(f"{at.form.images} images, {len(steps)} steps, {len(faults)} faults within {at.form.seconds:.0f} s")
    begun, feeding = time.monotonic(), Feeding(steps, at.form.seconds, at.users.do)
    for fault in faults:
        _sleep_until(begun + fault.at * at.form.seconds)
        _mend(at, min(fault.at, 0.99))
        at.mischief.do(fault)
    at.mischief.end()
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
