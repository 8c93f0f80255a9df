"""The way of images: bucket, topic, queue, recognize, tables, topic, queue, dispatch, queue, deliver."""

import heapq
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from integration.subscriptions.runtime.circuit_breaker import SHORTEST_REST, CircuitBreaker
from sightline.pricing.batching.engine import Engine
from sightline.pricing.batching.pollers import End, EventSource, Polling
from tests.simulation.design import Design, Profile, Quotas
from tests.simulation.functions import Account, Function, Work, invoking
from tests.simulation.limits import PREFIX_PUTS, Bucket, Keyed, Limit, Refusals, Table
from wire.aws.retry_policy import DELIVERIES, REQUEUES, UPLOADS

ROUNDS, FIRST_PAUSE = 8, 0.05
"""The calls of `wire.aws.rows` for rows that a table leaves unprocessed, and its first pause, which doubles."""
LONGEST_DELAY = 900
CLIENT_PAUSE = 1.0
"""A client whose upload is refused, and S3 whose event is, send it again after about so long."""


class Rows(NamedTuple):
    """The write units of one image, as the product's own row code makes its rows.

    `found_by` are the partitions of its index rows without their owner, each with the units of its row. `delivery` is
    the row of a delivery, `delivery_indexes` the indexes that hold it.
    """

    current: float
    found_by: Sequence[tuple[str, float]]
    cache: float
    delivery: float
    delivery_indexes: Sequence[str]


class Image:
    """An image on its way: when it was sent, its owner and number, and how often each step was tried."""

    __slots__ = ("at", "attempts", "number", "owner", "postponed", "requeues", "shard", "tries")

    def __init__(self, at: float, owner: str, number: int, shards: int) -> None:
        self.at, self.owner, self.number = at, owner, number
        self.shard = f"{owner}/{number * 7919 % shards}" if shards > 1 else owner
        self.tries = self.requeues = self.attempts = self.postponed = 0


class World(NamedTuple):
    """What a run is about: the design, the quotas, the times, the rows; `rate` is what services are warm for, or 0."""

    design: Design
    quotas: Quotas
    profile: Profile
    rows: Rows
    rate: float = 0.0


Write = tuple[Table, str, float]


class Chain:
    """A deployment. `latencies` are the seconds from an upload to its webhook; `dead` counts dead letters."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine, self.refusals, self.world = engine, Refusals(), world
        self.latencies: list[float] = []
        self.dead = self.rekognition_calls = 0
        self.rekognition_down = self.subscriber_down = (0.0, 0.0)
        self._breaker = CircuitBreaker()
        self._cores = [0.0] * (world.profile.cores or 0)
        self._limits()
        self._tables()
        self._functions()

    def _limits(self) -> None:
        engine, refusals, (design, quotas, *_) = self.engine, self.refusals, self.world
        self._prefixes = Keyed(engine, refusals, "S3: a prefix's puts", PREFIX_PUTS, 1)
        self._prefixes.warm = bool(self.world.rate)
        stage = Bucket(min(design.api_rate, quotas.gateway_requests), design.api_burst, design.api_burst)
        self._stage = Limit(engine, refusals, "API: the stage's throttle", stage)
        self._topics = Limit(engine, refusals, "SNS: messages of the region", Bucket.steady(quotas.sns_messages))
        self._rekognition = Limit(engine, refusals, "Rekognition: calls", Bucket.steady(design.rekognition_tps))

    def _tables(self) -> None:
        warm = self.world.rate > 0
        capacity = self.world.quotas.table_writes if warm else 4000.0
        names = ("recognitions", "index", "answers", "usage", "subscriptions", "deliveries")
        self._table = {name: Table(self.engine, self.refusals, name, capacity, warm=warm) for name in names}
        indexes = self.world.rows.delivery_indexes
        self._indexes = [Table(self.engine, self.refusals, name, capacity, warm=warm) for name in indexes]

    def _functions(self) -> None:
        design, quotas, profile, _, rate = self.world
        account = self.account = Account(self.engine, self.refusals, quotas.concurrency)
        seconds = {
            "recognize": profile.recognize.seconds(10) + 5 * profile.call + profile.edge.seconds(10),
            "dispatch": profile.dispatch.seconds(10) + 2 * profile.call,
            "deliver": profile.deliver.seconds(10) + profile.receiver + profile.call,
        }
        busy = {name: math.ceil(1.25 * rate / 10 * taken) for name, taken in seconds.items()}
        self._edge = Function(account, "edge_ml", 1.5 * profile.start, busy["recognize"])
        self.uploads = self._source("recognize", self._recognize, design.recognizers, busy)
        self.events = self._source("dispatch", self._dispatch, design.concurrency, busy)
        self.deliveries = self._source("deliver", self._deliver, 2 * design.concurrency, busy)

    @property
    def queues(self) -> dict[str, EventSource]:
        """The queues by name, in the order of an image's way."""
        return {"uploads": self.uploads, "events": self.events, "deliveries": self.deliveries}

    def check_backlog(self) -> None:
        """Count a refusal if a queue has fallen behind by more than a tenth of the images so far."""
        for name, source in self.queues.items():
            if source.backlog > 0.1 * (source.messages + source.backlog):
                self.refusals.add(self.engine.now, f"Settings: concurrency ({name})")

    def _source(self, name: str, work: Work, most: int, busy: dict[str, int]) -> EventSource:
        function = Function(self.account, name, self.world.profile.start, busy[name])
        pollers = min(most, max(5, busy[name]))
        polling = Polling(most, self.world.design.window, pollers)
        return EventSource(self.engine, invoking(self.account, function, work), polling)

    def request(self, image: Image) -> None:
        """Send an image through a route of the API."""
        if self._stage.take():
            self.engine.after(self.world.profile.call, self.put, image)
        else:
            self.engine.after(CLIENT_PAUSE, self.request, image)

    def put(self, image: Image) -> None:
        """Put an image into the bucket."""
        prefix = str(image.number * 7919 % 256) if self.world.design.hashed_keys else image.owner
        if self._prefixes.take(prefix):
            self._work(self._about(self.world.profile.event), self._stored, image)
        else:
            self.engine.after(CLIENT_PAUSE, self.put, image)

    def _stored(self, image: Image) -> None:
        if self._topics.take():
            self.uploads.send(image)
        else:
            self.engine.after(CLIENT_PAUSE, self._stored, image)

    def _recognize(self, batch: list[Image], end: End) -> None:
        profile = self.world.profile
        for image in batch:
            self._table["recognitions"].read(image.shard, 2)  # consistently: before the detector and after the index
        self._work(self._about(profile.call) + profile.recognize.seconds(len(batch)), self._ask, batch, end)

    def _ask(self, batch: list[Image], end: End) -> None:
        if self.world.design.asks_rekognition:
            self._ask_rekognition(batch, end)
            return
        starting = self._edge.begin()
        if starting is None:
            self._requeue(batch)
            end()
            return
        self._work(starting + self.world.profile.edge.seconds(len(batch)), self._asked, batch, end)

    def _asked(self, batch: list[Image], end: End) -> None:
        self._edge.end()
        self._store(batch, end)

    def _ask_rekognition(self, batch: list[Image], end: End) -> None:
        """Ask about each image, as far apart as the rate limiter of one worker spaces its calls."""
        design, now = self.world.design, self.engine.now
        begun, ended = self.rekognition_down
        down = begun <= now < ended
        if down:
            self.refusals.add(now, "Rekognition: a brown-out")
        asked = [] if down else [image for image in batch if self._rekognition.take()]
        self._requeue([image for image in batch if image not in asked])
        self.rekognition_calls += len(asked)
        seconds = self._about(self.world.profile.rekognition) + len(batch) * design.recognizers / design.rekognition_tps
        self.engine.after(seconds, self._store, asked, end)

    def _requeue(self, batch: list[Image]) -> None:
        for image in batch:
            image.requeues += 1
            pause = REQUEUES.backoff(image.requeues, chance=self.engine.random.random)
            if pause:
                self.engine.after(pause, self.uploads.send, image)
            else:
                self._retry(image)

    def _retry(self, image: Image) -> None:
        image.tries += 1
        pause = UPLOADS.backoff(image.tries, chance=self.engine.random.random)
        if pause:
            self.engine.after(pause, self.uploads.send, image)
        else:
            self.dead += 1

    def _store(self, batch: list[Image], end: End) -> None:
        rows, usage = self.world.rows, self._table["usage"]
        firsts = {image.owner: image.shard for image in reversed(batch)}  # a batch counts once for each owner
        writes: list[Write] = [(usage, shard, 1.0) for shard in firsts.values()]
        for image in batch:
            writes.append((self._table["recognitions"], image.shard, rows.current))
            writes += [(self._table["index"], f"{image.shard}/{key}", units) for key, units in rows.found_by]
            if rows.cache:
                writes.append((self._table["answers"], f"{image.shard}/{image.number}", rows.cache))
        self._write(writes, 0, lambda written: self._publish(batch, end, written))

    def _write(self, writes: list[Write], tried: int, then: Callable[[bool], None]) -> None:
        """Write rows, those that are refused again after a pause; tell whether all of them were written."""
        undone = [(table, key, units) for table, key, units in writes if not table.write(key, units)]
        if not undone:
            then(True)
        elif tried + 1 == ROUNDS:
            then(False)
        else:
            self.engine.after(FIRST_PAUSE * 2**tried, self._write, undone, tried + 1, then)

    def _publish(self, batch: list[Image], end: End, written: bool) -> None:
        if not written or (batch and not self._topics.take(len(batch))):
            for image in batch:
                self._retry(image)
            end()
            return
        for image in batch:
            self.engine.after(self._about(self.world.profile.hop), self.events.send, image)
        self._work(3 * self._about(self.world.profile.call), end)

    def _dispatch(self, batch: list[Image], end: End) -> None:
        for owner in {image.owner for image in batch}:
            self._table["subscriptions"].read(owner, 0.5)
        profile = self.world.profile
        self._work(self._about(2 * profile.call) + profile.dispatch.seconds(len(batch)), self._queue, batch, end)

    def _queue(self, batch: list[Image], end: End) -> None:
        self.engine.after(self._about(self.world.profile.hop), self.deliveries.send, *batch)
        end()

    def _deliver(self, batch: list[Image], end: End) -> None:
        due = self._admitted(batch)
        waited = self.world.profile.receiver if due else 0.0
        self._work(waited + self.world.profile.deliver.seconds(len(batch)), self._delivered, due, end)

    def _admitted(self, batch: list[Image]) -> list[Image]:
        """Return the deliveries to attempt; those that the circuit breaker holds back are sent again."""
        breaker, now = self._breaker, int(self.engine.now)
        if breaker.resumes_at > now:
            probes, seconds = 0, breaker.resumes_at - now
        elif breaker.open:
            probes, seconds = 1, SHORTEST_REST
            self._breaker = breaker._replace(failed_at=now)
        else:
            return batch
        for image in batch[probes:]:
            image.postponed += 1
            delay = min(math.ceil(seconds * (1 + 0.1 * self.engine.random.random())), LONGEST_DELAY)
            self.engine.after(delay, self.deliveries.send, image)
        return batch[:probes]

    def _delivered(self, due: list[Image], end: End) -> None:
        now = self.engine.now
        begun, ended = self.subscriber_down
        if begun <= now < ended:
            self._failed(due)
            end()
            return
        self._breaker = CircuitBreaker()
        rows, log = self.world.rows, self._table["deliveries"]
        writes: list[Write] = [(log, f"{image.owner}/{image.number}", rows.delivery) for image in due]
        writes += [(index, image.shard, 1.0) for index in self._indexes for image in due]
        self._write(writes, 0, lambda _: end())
        self.latencies += [now - image.at for image in due]

    def _failed(self, due: list[Image]) -> None:
        now, breaker = int(self.engine.now), self._breaker
        if due:
            since = breaker.streak_start(now) if breaker.failures else now
            self._breaker = CircuitBreaker(since, breaker.failures + len(due), now)
        for image in due:
            image.attempts += 1
            pause = DELIVERIES.backoff(image.attempts, chance=self.engine.random.random)
            if pause:
                self.engine.after(pause, self.deliveries.send, image)
            else:
                self.dead += 1

    def _work(self, seconds: float, action: Callable[..., None], *arguments: Any) -> None:
        """Call the action when a step of so many seconds is over, which waits for a core where steps share them."""
        now = self.engine.now
        if self._cores:
            begun = max(now, heapq.heappop(self._cores))
            heapq.heappush(self._cores, begun + seconds)
            seconds += begun - now
        self.engine.after(seconds, action, *arguments)

    def _about(self, median: float) -> float:
        return self.engine.about(median, self.world.profile.sigma)
