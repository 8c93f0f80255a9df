"""Who does the faults: kills, restarts, storms, repeats and poison; each written down with its moment."""

import json
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from local.deployment import Deployment
from tests.chaos.clients.owner import QUEUES, Operator
from tests.chaos.faults.poison import poison
from tests.chaos.functions import workers
from tests.chaos.functions.batches import RECOGNIZE, Batches
from tests.chaos.plan.plan import KILL, POISON, REPEAT, RESTART, STORM, Fault
from tests.chaos.servers.receivers import Receiver
from tests.chaos.servers.rekognition import Detector

_PATIENCE, _LONGEST, _NOTICED = 5.0, 0.3, 0.5
_LONGEST_TEXT, _AT_ONCE = 5000, 20
_STORM_SECONDS, _AWAY_SECONDS = 2.0, 1.5


@dataclass(frozen=True)
class Kill:
    """Workers of a function that were ended, between two moments."""

    at: float
    until: float
    function: str
    pids: tuple[int, ...]


@dataclass
class Mischief:
    """Does what is planned, each fault in a thread of its own, and keeps the book of it."""

    deployment: Deployment
    operator: Operator
    batches: Batches
    detector: Detector
    receivers: Sequence[Receiver]
    kills: list[Kill] = field(default_factory=list)
    poison: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in QUEUES})
    repeats: int = 0
    storms: int = 0
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE))
    _doing: list[Future[None]] = field(default_factory=list)

    def do(self, fault: Fault) -> None:
        """Begin with one fault."""
        how: dict[str, Callable[[Fault], None]] = {
            KILL: self._kill,
            POISON: self._poison,
            REPEAT: self._repeat,
            RESTART: self._restart,
            STORM: self._storm,
        }
        self._doing.append(self._pool.submit(how[fault.what], fault))

    def end(self) -> None:
        """Wait until none is under way; raises what one of them raised."""
        self._pool.shutdown()
        for each in self._doing:
            each.result()

    def _kill(self, fault: Fault) -> None:
        """In the middle of a batch: after a part of the time that such batches mostly take."""
        before = self.batches.all(fault.function)
        took = sorted(each.ended - each.begun for each in before if each.ended and not each.error) or [0.05]
        part = min(took[len(took) // 2], _LONGEST) * fault.choice
        deadline = time.monotonic() + _PATIENCE
        while not (self._wait(fault.function, part) and self._hit(fault.function)) and time.monotonic() < deadline:
            pass

    def _hit(self, function: str) -> bool:
        """Kill; whether that broke a batch."""
        at = time.time()
        pids = tuple(workers.kill(self.deployment, function))
        self.kills.append(Kill(at, time.time(), function, pids))
        time.sleep(_NOTICED)
        return any(each.error and (each.ended or 0) >= at for each in self.batches.all(function))

    def _wait(self, function: str, seconds: float) -> bool:
        """Wait for the next batch and so much longer; whether it is still in the function's hands."""
        count, deadline = len(self.batches.all(function)), time.monotonic() + 1
        while len(self.batches.all(function)) == count and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(seconds)
        return any(each.ended is None for each in self.batches.all(function))

    def _poison(self, fault: Fault) -> None:
        name = QUEUES[int(fault.choice * 1000) % len(QUEUES)]
        body = poison(name, fault.choice, f"poison-{len(self.poison[name])}-{fault.choice}")
        self.poison[name].append(body)
        self._send(name, body)

    def _repeat(self, fault: Fault) -> None:
        """What came before once more, however old: several in one message, or one to the whole topic's hearing."""
        batches = self.batches.all(RECOGNIZE)
        seen = {each["body"]: None for batch in batches for each in batch.messages} if batches else {}
        known = [each for each in seen if each not in self.poison["Uploads"] and len(each) < _LONGEST_TEXT]
        wishes = [each for each in known if each.startswith('{"Recognize"')]
        events = [each for each in known if '"ObjectCreated' in each]
        dice = random.Random(fault.choice)
        if wishes and dice.random() < 0.2:
            self._send("Uploads", dice.choice(wishes))
        elif events:
            chosen = [json.loads(each)["Records"] for each in dice.choices(events, k=dice.randint(1, 4))]
            self._send("Uploads", json.dumps({"Records": [record for each in chosen for record in each]}))
            self._send("Uploads", json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"}))
        self.repeats += 1

    def _restart(self, fault: Fault) -> None:
        self.receivers[int(fault.choice * len(self.receivers))].restart(_AWAY_SECONDS)

    def _storm(self, fault: Fault) -> None:
        self.detector.storm = True
        time.sleep(_STORM_SECONDS)
        self.detector.storm = False
        self.storms += 1

    def _send(self, name: str, body: str) -> None:
        self.deployment.client("sqs").send_message(QueueUrl=self.operator.urls[name], MessageBody=body)
