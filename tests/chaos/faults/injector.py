"""The fault injector: kills, restarts, storms, repeated events and poison, each recorded."""

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
from tests.chaos.servers.rekognition import Rekognition

_PATIENCE = 5.0
"""Seconds in which a kill must meet a batch of a function."""
_FIRST_PATIENCE = 120.0
"""Seconds in which the first kill of a function must meet a batch."""
_LONGEST_PART = 0.3
"""The most seconds that a batch runs before its worker is killed."""
_LOG_PATIENCE = 5.0
"""Seconds in which the emulator logs the end of a batch whose worker was killed."""
_LONGEST_TEXT, _THREADS = 5000, 20
_STORM_SECONDS, _AWAY_SECONDS = 2.0, 1.5


@dataclass(frozen=True)
class Kill:
    """Workers of a function that were killed; they died between two moments."""

    at: float
    until: float
    function: str
    pids: tuple[int, ...]


@dataclass
class FaultInjector:
    """Injects the planned faults, each in a thread of its own, and records them."""

    deployment: Deployment
    operator: Operator
    batches: Batches
    rekognition: Rekognition
    receivers: Sequence[Receiver]
    kills: list[Kill] = field(default_factory=list)
    poison: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in QUEUES})
    repeats: int = 0
    storms: int = 0
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS))
    _running: list[Future[None]] = field(default_factory=list)

    def inject(self, fault: Fault) -> None:
        """Start one fault."""
        methods: dict[str, Callable[[Fault], None]] = {
            KILL: self._kill,
            POISON: self._poison,
            REPEAT: self._repeat,
            RESTART: self._restart,
            STORM: self._storm,
        }
        self._running.append(self._pool.submit(methods[fault.what], fault))

    def end(self) -> None:
        """Wait until no fault is under way; raises the first exception of a fault."""
        self._pool.shutdown()
        for fault in self._running:
            fault.result()

    def _kill(self, fault: Fault) -> None:
        """Kill in the middle of a batch: after a part of the median duration of the function's batches."""
        before = self.batches.all(fault.function)
        durations = sorted(batch.ended - batch.begun for batch in before if batch.ended and not batch.error) or [0.05]
        part = min(durations[len(durations) // 2], _LONGEST_PART) * fault.choice
        began = time.monotonic()
        while not (self._wait(fault.function, part) and self._hit(fault.function)):
            if time.monotonic() > began + self._patience(fault.function):
                return

    def _hit(self, function: str) -> bool:
        """Kill the workers and wait until batches under way have ended; return True if one of them failed."""
        at = time.time()
        under_way = [batch for batch in self.batches.all(function) if batch.ended is None]
        pids = tuple(workers.kill(self.deployment, function))
        self.kills.append(Kill(at, time.time(), function, pids))
        deadline = time.monotonic() + _LOG_PATIENCE
        while any(batch.ended is None for batch in under_way) and time.monotonic() < deadline:
            time.sleep(0.05)
            self.batches.follow()
        return any(batch.error and (batch.ended or 0) >= at for batch in self.batches.all(function))

    def _patience(self, function: str) -> float:
        return _PATIENCE if any(batch.error for batch in self.batches.all(function)) else _FIRST_PATIENCE

    def _wait(self, function: str, seconds: float) -> bool:
        """Wait for the next batch and `seconds` more; return True if a batch is still under way."""
        count, deadline = len(self.batches.all(function)), time.monotonic() + 1
        while len(self.batches.all(function)) == count and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(seconds)
        return any(batch.ended is None for batch in self.batches.all(function))

    def _poison(self, fault: Fault) -> None:
        name = QUEUES[int(fault.choice * 1000) % len(QUEUES)]
        body = poison(name, fault.choice, f"poison-{len(self.poison[name])}-{fault.choice}")
        self.poison[name].append(body)
        self._send(name, body)

    def _repeat(self, fault: Fault) -> None:
        """Repeat earlier events of any age: several in one message, or a request to recognize again."""
        batches = self.batches.all(RECOGNIZE)
        seen = {message["body"]: None for batch in batches for message in batch.messages} if batches else {}
        known = [body for body in seen if body not in self.poison["Uploads"] and len(body) < _LONGEST_TEXT]
        requests = [body for body in known if body.startswith('{"Recognize"')]
        events = [body for body in known if '"ObjectCreated' in body]
        dice = random.Random(fault.choice)
        if requests and dice.random() < 0.2:
            self._send("Uploads", dice.choice(requests))
        elif events:
            chosen = [json.loads(event)["Records"] for event in dice.choices(events, k=dice.randint(1, 4))]
            self._send("Uploads", json.dumps({"Records": [record for records in chosen for record in records]}))
            self._send("Uploads", json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"}))
        self.repeats += 1

    def _restart(self, fault: Fault) -> None:
        self.receivers[int(fault.choice * len(self.receivers))].restart(_AWAY_SECONDS)

    def _storm(self, fault: Fault) -> None:
        self.rekognition.storm = True
        time.sleep(_STORM_SECONDS)
        self.rekognition.storm = False
        self.storms += 1

    def _send(self, name: str, body: str) -> None:
        self.deployment.client("sqs").send_message(QueueUrl=self.operator.urls[name], MessageBody=body)
