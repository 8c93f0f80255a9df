"""The stage of a run: the app deployed, the people, the faults, and the books they all keep."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.deployment import Deployment, deployed
from local.loopback import serving
from tests.chaos.clients.owner import Operator, Owner
from tests.chaos.clients.users import Users
from tests.chaos.faults.injector import Mischief
from tests.chaos.functions.batches import Batches
from tests.chaos.plan.pictures import PictureHandler
from tests.chaos.plan.plan import Form
from tests.chaos.servers import rekognition
from tests.chaos.servers.receivers import CUT, HALF, HUNG, REDIRECT, RESET, TAKEN, Receiver
from tests.ports import free_port

_REFUSED = 0.03
"""So much of what functions send in batches SQS and SNS refuse."""

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
    form: Form
    dice: random.Random
    batches: Batches
    detector: rekognition.Detector
    receivers: dict[str, Receiver]
    users: Users
    owner: Owner
    operator: Operator
    mischief: Mischief
    refused: Path
    redriven: dict[str, int] = field(default_factory=dict)
    sent_again: int = 0


@contextmanager
def stage(form: Form, seed: int) -> Iterator[Stage]:
    """The app deployed, with a Rekognition and receivers that fail, and waits cut short."""
    dice = random.Random(seed)
    asked = rekognition.Detector(random.Random(dice.random()))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        log, refused = place / "batches.jsonl", place / "refused.jsonl"
        log.touch()
        refused.touch()
        environment = {
            "AWS_ENDPOINT_URL_REKOGNITION": stack.enter_context(serving(rekognition.handler(asked))),
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
        mischief = Mischief(made, operator, batches, asked, list(receivers.values()))
        users = Users(made, pictures, batches, time.time)
        yield Stage(made, form, dice, batches, asked, receivers, users, owner, operator, mischief, refused)
