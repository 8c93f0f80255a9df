"""Dispatching and delivering by chance: messages twice and in any order, subscribers that fail, workers that die."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain.event import Event
from domain.recognition import Rejection
from integration.runtime.answer import Answer
from integration.runtime.attempt import make_attempt
from integration.runtime.deliveries import Deliveries
from integration.runtime.delivering import deliver
from integration.runtime.delivery import Delivery
from integration.runtime.delivery_log import DeliveryLog
from integration.runtime.putting_off import queue_anew
from integration.runtime.subscriptions import Subscriptions
from tests.builders import image, recognition
from tests.integration.conftest import reloaded, subscription
from tests.tables import DiedError, Tables
from wire.schedule import DELIVERIES, Schedule

HIDDEN = 180
"""Seconds for which a message is hidden that was received and not spoken of since."""
SUBSCRIPTIONS = (
    subscription(0, "https://example.com/0"),
    subscription(1, "https://example.com/1", events=("image.recognized",), labels=("cat",)),
    subscription(2, "https://example.com/2", rate_limit=20),
)
PICKS = st.lists(st.integers(0, 11), min_size=1, max_size=8)
DIES = st.none() | st.integers(0, 4)


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Names of what is in memory here."""
    names = "DELIVERIES_QUEUE_URL EVENTS_QUEUE_URL SIGNING_KEY_ARN SUBSCRIPTIONS_TABLE DELIVERIES_TABLE"
    with pytest.MonkeyPatch.context() as patch:
        for name in names.split():
            patch.setenv(name, name.partition("_")[0].lower())
        patch.setenv("DEFAULT_WEBHOOK_URL", "")
        patch.setenv("LOOPBACK", "false")
        yield


@dataclass(eq=False)
class Message:
    """Of a queue; seen again from `due` on."""

    body: str
    due: float
    received: int = 0

    def record(self) -> dict[str, Any]:
        """As Lambda hands it over."""
        named = f"m{id(self)}"
        counted = {"ApproximateReceiveCount": str(self.received)}
        return {"messageId": named, "receiptHandle": named, "body": self.body, "attributes": counted}


class Queue:
    """In no order, at least once, hidden and put off as SQS does it."""

    def __init__(self, tries: int, now: Callable[[], float], before: Callable[[str], None]) -> None:
        self.tries, self.now, self.before = tries, now, before
        self.waiting: list[Message] = []
        self.gone: list[Message] = []
        self.dead: list[Message] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.before("SendMessageBatch")
        self.waiting += [Message(each["MessageBody"], self.now() + each.get("DelaySeconds", 0)) for each in Entries]
        return {"Successful": Entries}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.before("ChangeMessageVisibilityBatch")
        named = {f"m{id(each)}": each for each in self.waiting}
        for each in Entries:
            if each["ReceiptHandle"] in named:
                named[each["ReceiptHandle"]].due = self.now() + each["VisibilityTimeout"]
        return {}

    def receive(self, picks: list[int] | None = None, stale: bool = False) -> list[Message]:
        """Up to ten that are due, or some that were taken off long ago."""
        due = self.gone if stale else [each for each in self.waiting if each.due <= self.now()]
        found = due[:10] if picks is None else list(dict.fromkeys(due[n % len(due)] for n in picks if due))
        self.waiting += [each for each in found if each not in self.waiting]
        self.gone = [each for each in self.gone if each not in found]
        for each in found:
            each.received += 1
            each.due = self.now() + HIDDEN
        worn = [each for each in found if each.received > self.tries]
        self.dead += worn
        self.waiting = [each for each in self.waiting if each not in worn]
        return [each for each in found if each not in worn]

    def done(self, messages: list[Message], failed: set[str]) -> None:
        """Take off what did not fail."""
        done = [each for each in messages if f"m{id(each)}" not in failed]
        self.gone += done
        self.waiting = [each for each in self.waiting if each not in done]


class Delivering(RuleBasedStateMachine):
    """The model: what happened, who wants to know it, and what each subscriber has in their own book."""

    @initialize()
    def begin(self) -> None:
        """Everybody is well."""
        self.clock = 1_800_000_000.0
        self.tables = Tables({"subscriptions": ("owner", "subscription_id"), "deliveries": ("owner", "delivery")})
        self.events: list[Event] = []
        self.books: dict[str, dict[str, set[bytes]]] = defaultdict(lambda: defaultdict(set))
        self.moods: dict[str, Any] = {}
        self.left: int | None = None
        self.tables.before = self.before
        self.owed, self.happened = Queue(8, self.now, self.before), Queue(99, self.now, self.before)
        self.subscriptions = Subscriptions(self.tables, "subscriptions")
        for each in SUBSCRIPTIONS:
            self.subscriptions.add(each)
        self.dispatch, self.worker = reloaded("dispatch"), reloaded("deliver")
        self.dispatch.time = SimpleNamespace(time=self.now)  # type: ignore[attr-defined]
        self.start(self.worker)

    def start(self, module: ModuleType) -> None:
        """A worker that remembers nothing, by this clock and without chance."""
        clients = {"sqs": self.owed, "dynamodb": self.tables}
        given: dict[str, Any] = {
            "client": clients.get,
            "key": lambda: b"k" * 64,
            "time": SimpleNamespace(time=self.now),
            "deliver": partial(deliver, now=self.now),
            "make_attempt": partial(make_attempt, now=self.now),
            "queue_anew": partial(queue_anew, chance=lambda: 0.5),
            "DELIVERIES": Schedule(DELIVERIES.pauses),
        }
        for name, value in given.items():
            setattr(module, name, value)
        for name in ("subscriptions", "standings", "log", "deliveries"):
            getattr(module, name).cache_clear()
        module.connections.post = self.post

    @rule(n=st.integers(0, 5), kind=st.sampled_from(["cat", "dog", "rejected"]))
    def happen(self, n: int, kind: str) -> None:
        """Something is told of an image, perhaps once more."""
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
        """A subscriber answers so from here on."""
        self.moods[SUBSCRIPTIONS[n].url] = mood

    @rule(seconds=st.sampled_from([1, 6, 31, 200, 1000, 4000]))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.clock += seconds

    @precondition(lambda self: self.events)
    @rule(picks=PICKS, stale=st.booleans(), dies=DIES)
    def tell_dispatch(self, picks: list[int], stale: bool, dies: int | None) -> None:
        """A batch of events, perhaps of such as were dispatched before; perhaps it dies before that call."""
        self.work(self.happened, self.happened.receive(picks, stale), self.dispatched, dies)

    @precondition(lambda self: self.events)
    @rule(picks=PICKS, stale=st.booleans(), dies=DIES)
    def tell_subscribers(self, picks: list[int], stale: bool, dies: int | None) -> None:
        """A batch of deliveries, likewise."""
        self.work(self.owed, self.owed.receive(picks, stale), self.delivered, dies)

    @rule()
    def settle(self) -> None:
        """Everybody is well again, and time goes by until nothing waits."""
        self.moods.clear()
        for _ in range(500):
            waiting = self.happened.waiting + self.owed.waiting
            if not waiting:
                break
            self.clock = max(self.clock, min(each.due for each in waiting))
            self.work(self.happened, self.happened.receive(), self.dispatched, None)
            self.work(self.owed, self.owed.receive(), self.delivered, None)
        assert self.happened.waiting + self.owed.waiting == []
        self.check()

    def teardown(self) -> None:
        """However it went, it ends well."""
        self.settle()

    def check(self) -> None:
        """Who wants an event has it, under one id with one body, and the log says so, unless it was tried too often."""
        dead = {Delivery.from_json(each.body).delivery_id for each in self.owed.dead}
        rows = self.tables.rows["deliveries"]
        for told in SUBSCRIPTIONS:
            wanted = {Delivery.of(each, told, 0).delivery_id for each in self.events if told.wants(each)}
            book = self.books[told.url]
            assert book.keys() <= wanted
            assert wanted - dead <= book.keys()
            assert all(len(bodies) == 1 for bodies in book.values())
            for name in wanted - dead:
                assert '"status":"delivered"' in rows[told.owner, name]["said"]["S"]
        assert self.happened.dead == []

    def work(
        self, queue: Queue, batch: list[Message], answer: Callable[[list[Message]], set[str]], dies: int | None
    ) -> None:
        """One invocation; what is done with leaves the queue, unless the function died before it could say so."""
        if not batch:
            return
        self.left = dies
        try:
            failed = answer(batch)
        except DiedError:
            failed = {f"m{id(each)}" for each in batch}
        if dies is not None:
            self.start(self.worker)
            failed = {f"m{id(each)}" for each in batch}
        self.left = None
        queue.done(batch, failed)

    def dispatched(self, batch: list[Message]) -> set[str]:
        """What dispatch gives back."""
        deliveries, log = Deliveries(self.owed, "deliveries"), DeliveryLog(self.tables, "deliveries")
        records = [each.record() for each in batch]
        failed = self.dispatch.dispatch(records, self.subscriptions, deliveries, log)
        return {each["messageId"] for each in failed}

    def delivered(self, batch: list[Message]) -> set[str]:
        """What deliver gives back."""
        said = self.worker.handler({"Records": [each.record() for each in batch]}, None)
        return {each["itemIdentifier"] for each in said["batchItemFailures"]}

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """As the subscriber's mood is; who hangs up has it all the same."""
        mood = self.moods.get(url, 200)
        if mood in (200, "hangs up"):
            self.books[url][headers["webhook-id"]].add(body)
        if isinstance(mood, str):
            raise ConnectionResetError
        return Answer(mood, retry_after=90 if mood == 429 else 0)

    def now(self) -> float:
        """By this clock."""
        return self.clock

    def before(self, operation: str) -> None:
        """Die before the call that was chosen."""
        if self.left == 0:
            self.left = None
            raise DiedError
        self.left = None if self.left is None else self.left - 1


TestDelivering = Delivering.TestCase
TestDelivering.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
