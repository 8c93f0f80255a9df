"""The stage of a run: the deployed app, the servers and clients around it, and the fault injector."""

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
from tests.chaos.faults.injector import FaultInjector
from tests.chaos.functions.batches import Batches
from tests.chaos.plan.pictures import PictureHandler
from tests.chaos.plan.plan import Size
from tests.chaos.servers import rekognition
from tests.chaos.servers.receivers import ACCEPTED, CUT, HALF, HUNG, REDIRECT, RESET, Receiver
from tests.ports import free_port

_REFUSED = 0.03
"""The share of batch entries that SQS and SNS refuse."""

SUBSCRIBERS: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "steady": ((ACCEPTED,), {}),
    "flaky": ((*[ACCEPTED] * 7, HALF, CUT, RESET, "500", "429", "503"), {}),
    "gone": ((ACCEPTED, "410"), {}),
    "hanging": ((HUNG,), {}),
    "redirecting": ((REDIRECT,), {}),
    "choosy": (
        (ACCEPTED,),
        {"events": ["image.recognized"], "labels": ["cat"], "min_confidence": 0.9, "rate_limit": 1200},
    ),
}


@dataclass
class Stage:
    """All parts of a run; each records what it did."""

    deployment: Deployment
    size: Size
    dice: random.Random
    batches: Batches
    rekognition: rekognition.Rekognition
    receivers: dict[str, Receiver]
    users: Users
    owner: Owner
    operator: Operator
    faults: FaultInjector
    refused: Path
    redriven: dict[str, int] = field(default_factory=dict)
    sent_again: int = 0


@contextmanager
def set_stage(size: Size, seed: int) -> Iterator[Stage]:
    """Deploy the app with a Rekognition and receivers that fail, and with shortened waits."""
    dice = random.Random(seed)
    detector = rekognition.Rekognition(random.Random(dice.random()))
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        log, refused = directory / "batches.jsonl", directory / "refused.jsonl"
        log.touch()
        refused.touch()
        environment = {
            "AWS_ENDPOINT_URL_REKOGNITION": stack.enter_context(serving(rekognition.handler(detector))),
            "BATCH_LOG": str(log),
            "LONGEST_WAIT": str(size.longest_wait),
            "REFUSED_SHARE": str(_REFUSED),
            "REFUSED_LOG": str(refused),
        }
        context = {"rekognition": "true", "detector": "rekognition", "concurrency": "3"}
        deployment = stack.enter_context(
            deployed(directory / "app", free_port(), context=context, environment=environment)
        )
        pictures = stack.enter_context(serving(PictureHandler))
        receivers = {
            name: Receiver(name, responses, random.Random(dice.random()))
            for name, (responses, _) in SUBSCRIBERS.items()
        }
        owner = Owner(deployment.endpoints.api)
        for name, receiver in receivers.items():
            receiver.open()
            stack.callback(receiver.close)
            owner.subscribe(receiver, **SUBSCRIBERS[name][1])
        batches, operator = Batches(log), Operator(deployment)
        faults = FaultInjector(deployment, operator, batches, detector, list(receivers.values()))
        users = Users(deployment, pictures, batches, time.time)
        yield Stage(deployment, size, dice, batches, detector, receivers, users, owner, operator, faults, refused)
