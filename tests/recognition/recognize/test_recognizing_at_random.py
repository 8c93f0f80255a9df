"""Recognising by chance: messages twice, late and in any order, workers that die or race, detectors without time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from domain.event import Event
from domain.image import Image
from domain.recognition import Detection, Outcome, Rejection
from recognition.recognize.runtime.request import Question, rounds
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.builders import recognition
from tests.recognition.conftest import TABLES, Account
from tests.recognition.recognize.books import ANN, IDS, Answers, World, question
from tests.recognition.recognize.uploads import Message, Uploads
from tests.tables import DiedError, Tables
from wire.aws.queue import requeue, tries
from wire.aws.retry_policy import REQUEUES, UPLOADS

Order = tuple[str, str]
"""An image, and which of its answers."""

PICKS = st.lists(st.integers(0, 11), min_size=1, max_size=5)
CALLS = st.integers(0, 9)


class Fickle(Answers):
    """Sees something else each time it is asked, so that no answer can pass for another."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self.tables = tables
        self.looks = 0
        self.images: list[Image] = []
        self.silent: set[Image] = set()
        self.throttling = False
        self.no_time: set[str] = set()

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        self.tables.before("ask")
        self.images += images
        said = {each: self.glance() for each in images}
        if self.throttling:
            self.throttled.update(images[::2])
            self.no_time |= {each.content for each in images[::2]}
            said |= dict.fromkeys(images[::2])
        self.silent |= {each for each, outcome in said.items() if outcome is None}
        return {each: outcome for each, outcome in said.items() if outcome}

    def glance(self) -> Outcome | None:
        """Mostly a thing, now and then that the image is no good, or nothing just now."""
        n = self.looks = self.looks + 1
        if n % 7 == 6:
            return None
        if n % 5 == 4:
            return Rejection("not_an_image", f"By the {n}th look.")
        seen = (Detection(f"thing {n}", 0.05 + n % 10 / 10), Detection("animal", 0.6))
        return replace(recognition(), model=self.current(None), detections=seen)


class Worker(World):
    """Its topic may see it die too."""

    def announce(self, events: Sequence[Event]) -> set[str]:
        self.account.dynamodb.before("PublishBatch")
        return super().announce(events)


class Recognising(RuleBasedStateMachine):
    """The model: which messages there were, which of them are still queued, and what was ever seen to stand."""

    def __init__(self) -> None:
        super().__init__()
        self.tables = Tables(TABLES)
        self.detector = Fickle(self.tables)
        self.told: dict[str, set[str]] = defaultdict(set)
        self.sent: list[Question] = []
        self.queue = Uploads()
        self.queue.before = lambda operation: self.tables.before(operation)
        self.faults = Counter[str]()
        self.stood: dict[Order, str] = {}
        self.asked, self.excused = Counter[Order](), Counter[Order]()
        self.smooth = True
        self.worker = self.started()

    def started(self) -> Worker:
        """A worker that remembers nothing."""
        worker = Worker(Account(None, None, self.tables, "", ""))
        worker.detector = self.detector
        return worker

    @rule(n=st.integers(0, 2), version=st.sampled_from("ABCD"))
    def arrive(self, n: int, version: str) -> None:
        """S3 tells of a version, perhaps once more; of some versions the bytes are the same."""
        arrived = question(IDS[n], sequencer=f"0{version}", etag=str((n + ord(version)) % 5))
        self.send(replace(arrived, image=replace(arrived.image, version=version)))

    @precondition(lambda self: self.tables.rows["recognitions"])
    @rule(n=st.integers(0, 2))
    def wish(self, n: int) -> None:
        """Somebody wants what stands looked at again."""
        entries = self.entries()
        entry = entries[n % len(entries)]
        self.send(Question(entry.image, f"rcg_{len(self.sent):03}", entry.options))

    @rule()
    def upgrade(self) -> None:
        """Another model answers from here on, and what the former said is asked anew."""
        self.detector.version += "+"

    @precondition(lambda self: self.sent)
    @rule(picks=PICKS, stale=st.booleans(), down=st.booleans(), busy=st.booleans(), dies=st.none() | CALLS)
    def work(self, picks: list[int], stale: bool, down: bool, busy: bool, dies: int | None) -> None:
        """One batch, of messages that are due or that were done with long ago; perhaps it dies before that call.

        A detector that is busy has no time for half of what it is asked.
        """
        batch = self.picked(picks, self.repeats() if stale else self.due())
        self.worker.topic_down = self.queue.refusing = down
        self.detector.throttling = busy
        with self.at_call(dies, die):
            self.run(self.worker, batch, acknowledged=dies is None)
        self.worker.topic_down = self.queue.refusing = self.detector.throttling = False
        self.worker = self.worker if dies is None else self.started()

    @precondition(lambda self: self.sent)
    @rule(n=st.integers(0, 2), versions=st.permutations("ABCD"), at=st.integers(1, 5), dies=st.booleans())
    def race(self, n: int, versions: list[str], at: int, dies: bool) -> None:
        """Another worker answers about the same image between two calls of this one, which may die then."""
        mine, others = (self.fresh(n, version) for version in versions[:2])

        def other() -> None:
            self.run(self.started(), [others])
            if dies:
                raise DiedError

        self.smooth = False
        before = Counter(self.asked)
        with self.at_call(at, other):
            self.run(self.worker, [mine], acknowledged=not dies)
        self.excused += self.asked - before
        self.worker = self.started()

    @rule(backwards=st.booleans())
    def settle(self, backwards: bool) -> None:
        """Every message comes until it is done with; then all is as if nothing had gone wrong."""
        for _ in range(8):
            due = list(reversed(self.due())) if backwards else self.due()
            for n in range(0, len(due), 10):
                self.run(self.worker, due[n : n + 10])
        assert self.queue.messages == []
        for image_id in {each.image.image_id for each in self.sent}:
            self.check(image_id, {each.order for each in self.sent if each.image.image_id == image_id})
        self.check_each_once()

    def teardown(self) -> None:
        """However it went, it ends well."""
        self.settle(backwards=False)

    def check(self, image_id: str, sent: set[str]) -> None:
        """One image: its answer, its earlier ones, what finds it and what was told of it."""
        (entry,) = [each for each in self.entries() if each.image.image_id == image_id]
        assert entry.order == max(sent)
        found = [row for row in self.tables.all("index") if row["image_id"]["S"] == image_id]
        assert sorted(found, key=str) == sorted(index_rows.rows(entry), key=str)
        earlier = [Entry.from_item(each) for each in self.answers(image_id)]
        stood = {order for each, order in self.stood if each == image_id}
        wished = {order for order in sent if "rcg_" in order}
        assert sorted(each.order for each in earlier) == sorted((stood | wished) - {entry.order})
        assert entry.earlier == len(earlier)
        for each in [entry, *(each for each in earlier if each.request)]:
            assert each.event().event_id in self.told
        known = {each.event().event_id: {each.event().to_json()} for each in [entry, *earlier]}
        assert known == known | {name: said for name, said in self.told.items() if name in known}

    def check_each_once(self) -> None:
        """Nobody is told what is not kept, and what a crash explains aside, nothing is asked twice or counted twice."""
        kept = [*self.entries(), *map(Entry.from_item, self.answers())]
        assert self.told.keys() <= {each.event().event_id for each in kept}
        assert all(times <= 1 + self.excused[order] for order, times in self.asked.items())
        rows = self.tables.all("usage")
        counted = sum(int(row.get(name, {"N": "0"})["N"]) for row in rows for name in ("recognized", "rejected"))
        assert counted == len(kept) if self.smooth else counted <= len(kept)

    def run(self, worker: Worker, batch: list[Message], *, acknowledged: bool = True) -> None:
        """One invocation: what is done with leaves the queue, unless the function died before it could say so.

        What the detector had no time for is put off, where the queue takes it; whatever else is received in vain had a
        fault.
        """
        records = [each.record() for each in batch]
        failed = [each.message_id for each in batch]
        try:
            failed = self.worked_off(worker, records)
        except DiedError:
            self.smooth = acknowledged = False
        finally:
            for event in worker.told:
                self.told[event.event_id].add(event.to_json())
        self.faults.update(failed if acknowledged else [each.message_id for each in batch])
        if acknowledged:
            self.queue.finish(records, failed)

    def worked_off(self, worker: Worker, records: list[dict[str, Any]]) -> list[str]:
        """The ids of the messages that failed; as the function's handler goes about it."""
        asked = {each["messageId"]: replace(self.sent[int(each["body"])], tries=tries(each)) for each in records}
        done, throttled = set[Question](), set[Question]()
        for each in rounds(list(asked.values())):
            said = self.answer(worker, each)
            done, throttled = done | said[0], throttled | said[1]
        left = [each for each in records if asked[each["messageId"]] not in done]
        waiting = [each for each in left if asked[each["messageId"]] in throttled]
        replaced = requeue(self.queue, "uploads", waiting, REQUEUES.backoff) if waiting else []
        assert self.queue.refusing or replaced == waiting
        return [each["messageId"] for each in left if each not in replaced]

    def answer(self, worker: Worker, batch: list[Question]) -> tuple[set[Question], set[Question]]:
        """One round, and whom it asked about what, with good reason or without; what is done, and what throttled."""
        self.note()
        others, self.detector.images = self.detector.images, []
        before, self.detector.throttled = self.detector.throttled, set()
        no_time, self.detector.no_time = self.detector.no_time, set()
        excusable = {each.image for each in batch}
        try:
            done = worker.recognize(*batch)
            excusable &= self.detector.silent
        finally:
            self.note()
            orders = {each.image: (each.image.image_id, each.order) for each in batch}
            asked, self.detector.images = self.detector.images, others
            self.asked.update(orders[each] for each in asked)
            kept = self.stood.keys() | {(each["image_id"]["S"], each["sequencer"]["S"]) for each in self.answers()}
            self.excused.update(orders[each] for each in asked if each in excusable and orders[each] not in kept)
            throttled = {each for each in batch if each.image in self.detector.throttled}
            alike = {each for each in batch if each.image.content in self.detector.no_time}
            self.detector.throttled, self.detector.no_time = before, no_time
        assert throttled == {each for each in alike - done if orders[each.image] not in kept}
        return done, throttled

    def note(self) -> None:
        """What stands; it never says anything else."""
        for row in self.tables.all("recognitions"):
            order = row["image_id"]["S"], row["sequencer"]["S"]
            assert self.stood.setdefault(order, row["said"]["S"]) == row["said"]["S"]

    @contextmanager
    def at_call(self, n: int | None, then: Callable[[], None]) -> Iterator[None]:
        """Have that happen before a worker's call of this number."""
        left = n

        def before(operation: str) -> None:
            nonlocal left
            left = None if left is None else left - 1
            if left == -1:
                self.tables.before = forget
                then()

        self.tables.before = before
        yield
        self.tables.before = forget

    def fresh(self, n: int, version: str) -> Message:
        """A version of an image, or once there are some, a wish to look at that image again."""
        stands = [each for each in self.entries() if each.image.image_id == IDS[n]]
        if stands:
            self.send(Question(stands[0].image, f"rcg_{version}{len(self.sent):03}", stands[0].options))
        else:
            self.arrive(n, version)
        return self.queue.messages[-1]

    def send(self, question: Question) -> None:
        self.queue.add(str(len(self.sent)))
        self.sent.append(question)

    def due(self) -> list[Message]:
        """What may be received; what died of faults is sent back, and by throttling alone nothing dies."""
        messages = self.queue.due()
        for each in self.queue.dead:
            assert self.faults[each.message_id] >= UPLOADS.tries
            messages.append(self.queue.add(each.body))
        self.queue.dead.clear()
        return messages

    def repeats(self) -> list[Message]:
        """What was sent, as a queue may hand it out again long after it was done with."""
        return [Message(f"repeat-{n}", str(n)) for n in range(len(self.sent))]

    def picked(self, picks: list[int], messages: list[Message]) -> list[Message]:
        return list(dict.fromkeys(messages[n % len(messages)] for n in picks if messages))

    def entries(self) -> list[Entry]:
        return [Entry.from_item(each) for each in self.tables.all("recognitions")]

    def answers(self, image_id: str = "img_") -> list[dict[str, dict[str, str]]]:
        """The earlier ones of an image, or of all."""
        rows = self.tables.all("answers")
        return [each for each in rows if each["about"]["S"].startswith(f"{ANN}/{image_id}")]


def die() -> None:
    """As a function does that is out of time or memory."""
    raise DiedError


def forget(operation: str) -> None:
    """Nothing happens."""


TestRecognising = Recognising.TestCase
TestRecognising.settings = settings(
    max_examples=200, stateful_step_count=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
