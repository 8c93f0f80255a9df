"""Random dispatching and delivering: messages twice and in any order, failing subscribers, dying workers."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain.event import Event
from domain.recognition import Rejection
from infrastructure.queues import MOST_RECEIVES
from integration.deliver.runtime import record_results
from integration.deliver.runtime.http.send import Sender
from integration.deliver.runtime.outcome import DueDelivery
from integration.deliver.runtime.requeue import requeue
from integration.deliveries.runtime import attempt
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.log.row import row_key
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.table import SubscriptionTable
from tests.builders import image, recognition
from tests.integration.conftest import reloaded, subscription
from tests.integration.queues import DEAD, Message, Queue
from tests.tables import CrashError, Tables
from wire.aws.retry_policy import DELIVERIES, RetryPolicy

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_sqs.client import SQSClient

SUBSCRIPTIONS = (
    subscription(0, "https://example.com/0"),
    subscription(1, "https://example.com/1", events=("image.recognized",), labels=("cat",)),
    subscription(2, "https://example.com/2", rate_limit=20),
)
PICKS = st.lists(st.integers(0, 11), min_size=1, max_size=8)
DIES = st.none() | st.integers(0, 4)
SOON = 8
"""After this many rounds of settling the queue refuses nothing any more."""
REFUSES = st.sampled_from([0, 0, 1, 3])


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """The environment; its names stand for objects in memory."""
    names = "DELIVERIES_QUEUE_URL EVENTS_QUEUE_URL SIGNING_KEY_ARN SUBSCRIPTIONS_TABLE DELIVERIES_TABLE"
    with pytest.MonkeyPatch.context() as patch:
        for name in names.split():
            patch.setenv(name, name.partition("_")[0].lower())
        patch.setenv("DELIVERIES_DEAD_URL", DEAD)
        patch.setenv("EVENTS_DEAD_URL", DEAD)
        patch.setenv("DEFAULT_WEBHOOK_URL", "")
        patch.setenv("LOOPBACK", "false")
        patch.setattr(record_results, "requeue", partial(requeue, chance=lambda: 0.5))
        patch.setattr(attempt, "DELIVERIES", RetryPolicy(DELIVERIES.pauses))
        yield


class Delivering(RuleBasedStateMachine):
    """The model: the events, the subscriptions, and the deliveries that each subscriber has received."""

    @initialize()
    def begin(self) -> None:
        """Start with healthy subscribers and empty queues."""
        self.clock = 1_800_000_000.0
        self.tables = Tables({"subscriptions": ("owner", "subscription_id"), "deliveries": ("about", "delivery")})
        self.events: list[Event] = []
        self.books: dict[str, dict[str, set[bytes]]] = defaultdict(lambda: defaultdict(set))
        self.moods: dict[str, Any] = {}
        self.dispatched_to, self.tried, self.excused = Counter[str](), Counter[str](), Counter[str]()
        self.miscounted: list[tuple[str, int]] = []
        self.left: int | None = None
        self.tables.before = self.before
        self.deliveries, self.happened = Queue(MOST_RECEIVES, self.now, self.before), Queue(99, self.now, self.before)
        self.subscriptions = SubscriptionTable(cast("DynamoDBClient", self.tables), "subscriptions")
        for receiver in SUBSCRIPTIONS:
            self.subscriptions.add(receiver)
        self.dispatch, self.worker = reloaded("dispatch.runtime.handler"), reloaded("deliver.runtime.handler")
        self.dispatch.time = SimpleNamespace(time=self.now)  # type: ignore[attr-defined]
        self.start(self.worker)

    def start(self, module: ModuleType) -> None:
        """Start a worker without memory, with this clock and without chance."""
        clients = {"sqs": self.deliveries, "dynamodb": self.tables}
        given: dict[str, Any] = {
            "client": clients.get,
            "sender": lambda: CountingSender(module.connections, b"k" * 64, self.now, count=self.count),
            "time": SimpleNamespace(time=self.now),
        }
        for name, value in given.items():
            setattr(module, name, value)
        for name in ("stores", "queue"):
            getattr(module, name).cache_clear()
        module.connections.post = self.post

    @rule(n=st.integers(0, 5), kind=st.sampled_from(["cat", "dog", "rejected"]))
    def happen(self, n: int, kind: str) -> None:
        """An event about an image happens, perhaps once more."""
        pictured, at = image(image_id=f"img_{n:032x}"), "2026-11-20T17:00:01.000Z"
        event = (
            Event.rejected(pictured, Rejection("empty", "It is."), at)
            if kind == "rejected"
            else Event.recognized(pictured, recognition(kind), at, kind)
        )
        self.events.append(event)
        self.happened.waiting.append(Message(event.to_json(), self.clock))

    @rule(n=st.integers(0, 2), mood=st.sampled_from([200, 200, 500, 429, "refuses", "hangs up"]))
    def mood(self, n: int, mood: Any) -> None:
        """A subscriber responds like this from here on."""
        self.moods[SUBSCRIPTIONS[n].url] = mood

    @rule(seconds=st.sampled_from([1, 6, 31, 200, 1000, 4000]))
    def wait(self, seconds: int) -> None:
        """Move the clock."""
        self.clock += seconds

    @precondition(lambda self: self.events)
    @rule(picks=PICKS, stale=st.booleans(), dies=DIES, refuses=REFUSES)
    def dispatch_batch(self, picks: list[int], stale: bool, dies: int | None, refuses: int) -> None:
        """Dispatch a batch of events, some perhaps again; the worker may die before a call, the queue may refuse."""
        self.deliveries.refusing = refuses
        self.work(self.happened, self.happened.receive(picks, stale), self.dispatched, dies)

    @precondition(lambda self: self.events)
    @rule(picks=PICKS, stale=st.booleans(), dies=DIES, refuses=REFUSES)
    def deliver_batch(self, picks: list[int], stale: bool, dies: int | None, refuses: int) -> None:
        """Deliver a batch, likewise."""
        self.deliveries.refusing = refuses
        batch = self.deliveries.receive(picks, stale)
        if stale or dies is not None:
            self.excused.update(message.about for message in batch)
        self.work(self.deliveries, batch, self.delivered, dies)

    @rule(refuses=REFUSES)
    def settle(self, refuses: int = 1) -> None:
        """Heal the subscribers and soon the queue, and move the clock until nothing waits; then check."""
        self.moods.clear()
        for n in range(500):
            self.deliveries.refusing = refuses if n < SOON else 0
            waiting = self.happened.waiting + self.deliveries.waiting
            if not waiting:
                break
            self.clock = max(self.clock, min(message.due for message in waiting))
            self.work(self.happened, self.happened.receive(), self.dispatched, None)
            self.work(self.deliveries, self.deliveries.receive(), self.delivered, None)
        assert self.happened.waiting + self.deliveries.waiting == []
        self.check()

    def teardown(self) -> None:
        """Settle at the end of every run."""
        self.settle()

    def check(self) -> None:
        """Check that each wanted event was received, under one id with one body, and logged, or tried too often."""
        dead = {message.about for message in self.deliveries.dead}
        rows = self.tables.rows["deliveries"]
        for receiver in SUBSCRIPTIONS:
            wanted = {Delivery.of(event, receiver, 0).delivery_id for event in self.events if receiver.wants(event)}
            book = self.books[receiver.url]
            assert book.keys() <= wanted
            assert wanted - dead <= book.keys()
            assert all(len(bodies) == 1 for bodies in book.values())
            for name in wanted - dead:
                assert '"status":"delivered"' in rows[row_key(receiver.owner, name)["about"]["S"], name]["said"]["S"]
        assert self.happened.dead == []
        assert self.miscounted == []

    def work(
        self, queue: Queue, batch: list[Message], handle: Callable[[list[Message]], set[str]], dies: int | None
    ) -> None:
        """Invoke a function; delete the messages that it has finished, unless it died before it returned."""
        if not batch:
            return
        self.left = dies
        try:
            failed = handle(batch)
        except CrashError:
            failed = {f"m{id(message)}" for message in batch}
        if dies is not None:
            self.start(self.worker)
            failed = {f"m{id(message)}" for message in batch}
        self.left = None
        queue.done(batch, failed)

    def dispatched(self, batch: list[Message]) -> set[str]:
        """Dispatch a batch; return the ids of the messages that failed."""
        deliveries, log = (
            DeliveryQueue(cast("SQSClient", self.deliveries), "url"),
            DeliveryLog(cast("DynamoDBClient", self.tables), "deliveries"),
        )
        records, before = [message.record() for message in batch], self.waiting()
        try:
            failed = self.dispatch.dispatch(records, self.subscriptions, deliveries, log)
        finally:
            self.dispatched_to += self.waiting() - before
        return {record["messageId"] for record in failed}

    def delivered(self, batch: list[Message]) -> set[str]:
        """Deliver a batch; return the ids of the messages that failed."""
        response = self.worker.handler({"Records": [message.record() for message in batch]}, None)
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        self.excused.update(self.deliveries.refused)
        self.deliveries.refused.clear()
        left = [
            message.about
            for message in self.deliveries.waiting
            if message not in batch or message.record()["messageId"] in failed
        ]
        assert Counter(left) <= self.dispatched_to + self.excused
        return failed

    def waiting(self) -> "Counter[str]":
        """Return the number of messages of each delivery."""
        return Counter(message.about for message in self.deliveries.waiting)

    def count(self, due: DueDelivery) -> None:
        """Count an attempt. Its number exceeds the attempts before only by deaths and by messages that came back."""
        delivery_id = due.delivery.delivery_id
        if due.number > self.tried[delivery_id] + self.excused[delivery_id] + 1:
            self.miscounted.append((delivery_id, due.number))
        self.tried[delivery_id] += 1

    def post(self, url: str, body: bytes, headers: Mapping[str, str], subscriber: str = "") -> SubscriberResponse:
        """Respond by the subscriber's mood; one that hangs up has received the delivery nevertheless."""
        mood = self.moods.get(url, 200)
        if mood in (200, "hangs up"):
            self.books[url][headers["webhook-id"]].add(body)
        if isinstance(mood, str):
            raise ConnectionResetError
        return SubscriberResponse(mood, retry_after=90 if mood == 429 else 0)

    def now(self) -> float:
        """Return the time of this clock."""
        return self.clock

    def before(self, operation: str) -> None:
        """Die before the chosen call."""
        if self.left == 0:
            self.left = None
            raise CrashError
        self.left = None if self.left is None else self.left - 1


@dataclass(frozen=True)
class CountingSender(Sender):
    """A sender whose attempts the model counts."""

    count: Callable[[DueDelivery], None] = field(kw_only=True)

    def attempt(self, due: DueDelivery) -> Attempt:
        """Count the attempt and make it."""
        self.count(due)
        return super().attempt(due)


TestDelivering = Delivering.TestCase
TestDelivering.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
