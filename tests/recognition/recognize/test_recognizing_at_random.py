"""Recognizing at random: repeated, late and reordered messages, workers that die or race, throttled detectors."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from domain.event import Event
from domain.image import Image
from domain.recognition import Detection, Outcome, Recognition, Rejection
from recognition.recognize.runtime.request import RecognitionRequest, batches_by_image
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.recognition.conftest import TABLES, Account
from tests.recognition.recognize.uploads import Message, Uploads
from tests.recognition.recognize.world import ANN, IDS, FakeDetector, World, request_for
from tests.tables import CrashError, Tables
from wire.aws.queue import requeue, tries
from wire.aws.retry_policy import REQUEUES, UPLOADS

PICKS = st.lists(st.integers(0, 11), min_size=1, max_size=5)
CALLS = st.integers(0, 9)


class EntryKey(NamedTuple):
    """One of an image's entries, current or earlier."""

    image_id: str
    order: str


class Progress(NamedTuple):
    """The finished requests, and those for which the detector was throttled."""

    done: set[RecognitionRequest]
    throttled: set[RecognitionRequest]


class ChangingDetector(FakeDetector):
    """A detector with another outcome at each call, so that no result can be mistaken for another."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(name="rekognition")
        self.tables = tables
        self.calls = 0
        self.images: list[Image] = []
        self.without_outcome: set[Image] = set()
        self.throttling = False
        self.throttled_contents: set[str] = set()

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        self.tables.before("ask")
        self.images += images
        outcomes = {image: self.next_outcome() for image in images}
        if self.throttling:
            self.throttled.update(images[::2])
            self.throttled_contents |= {image.content for image in images[::2]}
            outcomes |= dict.fromkeys(images[::2])
        self.without_outcome |= {image for image, outcome in outcomes.items() if outcome is None}
        return {image: outcome for image, outcome in outcomes.items() if outcome}

    def next_outcome(self) -> Outcome | None:
        """Return mostly a recognition, sometimes a rejection or no outcome."""
        n = self.calls = self.calls + 1
        if n % 7 == 6:
            return None
        if n % 5 == 4:
            return Rejection("not_an_image", f"Call {n}.")
        detections = (Detection(f"thing {n}", 0.05 + n % 10 / 10), Detection("animal", 0.6))
        cat = self.cat()
        assert isinstance(cat, Recognition)
        return replace(cat, detections=detections)


class Worker(World):
    """A worker that can also die before it publishes."""

    def publish(self, events: Sequence[Event]) -> set[str]:
        self.account.dynamodb.before("PublishBatch")
        return super().publish(events)


class Recognizing(RuleBasedStateMachine):
    """The model: the messages sent, those still queued, and every entry that was ever current (`current_before`).

    `asked` counts calls of the detector by entry, `excused` those that a crash, a race or a missing outcome explains.
    `clean` is true until a worker dies or races.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables = Tables(TABLES)
        self.detector = ChangingDetector(self.tables)
        self.published: dict[str, set[str]] = defaultdict(set)
        self.sent: list[RecognitionRequest] = []
        self.queue = Uploads()
        self.queue.before = lambda operation: self.tables.before(operation)
        self.faults = Counter[str]()
        self.current_before: dict[EntryKey, bytes] = {}
        self.asked, self.excused = Counter[EntryKey](), Counter[EntryKey]()
        self.clean = True
        self.worker = self.new_worker()

    def new_worker(self) -> Worker:
        """Return a worker without any state."""
        worker = Worker(Account(None, None, self.tables, "", ""))
        worker.detector = self.detector
        return worker

    @rule(n=st.integers(0, 2), version=st.sampled_from("ABCD"))
    def upload(self, n: int, version: str) -> None:
        """Send S3's event of a version, perhaps again; some versions have the same bytes."""
        uploaded = request_for(IDS[n], sequencer=f"0{version}", etag=str((n + ord(version)) % 5))
        self.send(replace(uploaded, image=replace(uploaded.image, version=version)))

    @precondition(lambda self: self.tables.rows["recognitions"])
    @rule(n=st.integers(0, 2))
    def recognize_again(self, n: int) -> None:
        """Send a request to recognize an image again."""
        entries = self.entries()
        entry = entries[n % len(entries)]
        self.send(RecognitionRequest(entry.image, f"rcg_{len(self.sent):03}", entry.options))

    @rule()
    def upgrade(self) -> None:
        """Replace the model, so that cached results are no longer reused."""
        self.detector.version += "+"

    @precondition(lambda self: self.sent)
    @rule(picks=PICKS, stale=st.booleans(), down=st.booleans(), busy=st.booleans(), dies=st.none() | CALLS)
    def work(self, picks: list[int], stale: bool, down: bool, busy: bool, dies: int | None) -> None:
        """Handle a batch of queued or long finished messages; the worker may die before its call number `dies`.

        A busy detector is throttled for half of the images.
        """
        batch = self.picked(picks, self.repeats() if stale else self.due())
        self.worker.topic_down = self.queue.refusing = down
        self.detector.throttling = busy
        with self.at_call(dies, die):
            self.handle(self.worker, batch, acknowledged=dies is None)
        self.worker.topic_down = self.queue.refusing = self.detector.throttling = False
        self.worker = self.worker if dies is None else self.new_worker()

    @precondition(lambda self: self.sent)
    @rule(n=st.integers(0, 2), versions=st.permutations("ABCD"), at=st.integers(1, 5), dies=st.booleans())
    def race(self, n: int, versions: list[str], at: int, dies: bool) -> None:
        """Have another worker handle a message of the same image between two calls of this one, which may then die."""
        mine, others = (self.new_message(n, version) for version in versions[:2])

        def other() -> None:
            self.handle(self.new_worker(), [others])
            if dies:
                raise CrashError

        self.clean = False
        before = Counter(self.asked)
        with self.at_call(at, other):
            self.handle(self.worker, [mine], acknowledged=not dies)
        self.excused += self.asked - before
        self.worker = self.new_worker()

    @rule(backwards=st.booleans())
    def drain(self, backwards: bool) -> None:
        """Deliver every message until it is finished; then everything is as if nothing had gone wrong."""
        for _ in range(8):
            due = list(reversed(self.due())) if backwards else self.due()
            for n in range(0, len(due), 10):
                self.handle(self.worker, due[n : n + 10])
        assert self.queue.messages == []
        for image_id in {request.image.image_id for request in self.sent}:
            self.check(image_id, {request.order for request in self.sent if request.image.image_id == image_id})
        self.check_counts()

    def teardown(self) -> None:
        """End every run with all messages finished."""
        self.drain(backwards=False)

    def check(self, image_id: str, orders: set[str]) -> None:
        """Check one image: its current entry, its earlier entries, its index rows and its events."""
        (current,) = [entry for entry in self.entries() if entry.image.image_id == image_id]
        earlier = [Entry.from_item(row) for row in self.earlier_rows(image_id)]
        failed = {entry.order for entry in earlier if entry.order > current.order}
        for entry in earlier:  # a newer request that failed has replaced no recognition
            assert entry.order < current.order or (entry.request and entry.status == "rejected")
        assert current.status == "recognized" or not failed
        assert current.order == max(orders - failed)
        found = [row for row in self.tables.all("index") if row["image_id"]["S"] == image_id]
        assert sorted(found, key=str) == sorted(index_rows.rows(current), key=str)
        current_before = {key.order for key in self.current_before if key.image_id == image_id}
        requested = {order for order in orders if "rcg_" in order}
        assert sorted(entry.order for entry in earlier) == sorted((current_before | requested) - {current.order})
        assert current.earlier == len(earlier)
        for entry in [current, *(entry for entry in earlier if entry.request)]:
            assert entry.event().event_id in self.published
        events = {entry.event().event_id: {entry.event().to_json()} for entry in [current, *earlier]}
        assert events == events | {name: texts for name, texts in self.published.items() if name in events}

    def check_counts(self) -> None:
        """Check that only stored entries are published, and that nothing is asked or counted twice without excuse."""
        stored = [*self.entries(), *map(Entry.from_item, self.earlier_rows())]
        assert self.published.keys() <= {entry.event().event_id for entry in stored}
        assert all(times <= 1 + self.excused[key] for key, times in self.asked.items())
        rows = self.tables.all("usage")
        counted = sum(int(row.get(name, {"N": "0"})["N"]) for row in rows for name in ("recognized", "rejected"))
        assert counted == len(stored) if self.clean else counted <= len(stored)

    def handle(self, worker: Worker, batch: list[Message], *, acknowledged: bool = True) -> None:
        """Run one invocation: finished messages leave the queue, unless the worker dies before it returns.

        A message whose image was throttled is requeued if the queue accepts it. Any other failed message has a fault.
        """
        records = [message.record() for message in batch]
        failed = [message.message_id for message in batch]
        try:
            failed = self.handle_records(worker, records)
        except CrashError:
            self.clean = acknowledged = False
        finally:
            for event in worker.published:
                self.published[event.event_id].add(event.to_json())
        self.faults.update(failed if acknowledged else [message.message_id for message in batch])
        if acknowledged:
            self.queue.finish(records, failed)

    def handle_records(self, worker: Worker, records: list[Any]) -> list[str]:
        """Do what the handler does; return the IDs of the failed messages."""
        requests = {
            record["messageId"]: replace(self.sent[int(record["body"])], tries=tries(record)) for record in records
        }
        done, throttled = set[RecognitionRequest](), set[RecognitionRequest]()
        for batch in batches_by_image(list(requests.values())):
            progress = self.recognize(worker, batch)
            done, throttled = done | progress.done, throttled | progress.throttled
        unfinished = [record for record in records if requests[record["messageId"]] not in done]
        waiting = [record for record in unfinished if requests[record["messageId"]] in throttled]
        sqs: Any = self.queue
        requeued = requeue(sqs, "uploads", waiting, REQUEUES.backoff) if waiting else []
        assert self.queue.refusing or requeued == waiting
        return [record["messageId"] for record in unfinished if record not in requeued]

    def recognize(self, worker: Worker, batch: list[RecognitionRequest]) -> Progress:
        """Recognize one batch, and record which images the detector was asked about, with or without an excuse."""
        self.record_current()
        outer_images, self.detector.images = self.detector.images, []
        outer_throttled, self.detector.throttled = self.detector.throttled, set()
        outer_contents, self.detector.throttled_contents = self.detector.throttled_contents, set()
        excusable = {request.image for request in batch}
        keys = {request.image: EntryKey(request.image.image_id, request.order) for request in batch}
        try:
            done = worker.recognize(*batch)
            excusable &= self.detector.without_outcome
        finally:
            self.record_current()
            asked, self.detector.images = self.detector.images, outer_images
            self.asked.update(keys[image] for image in asked)
            stored = self.stored_keys()
            self.excused.update(keys[image] for image in asked if image in excusable and keys[image] not in stored)
            throttled = {request for request in batch if request.image in self.detector.throttled}
            same_bytes = {request for request in batch if request.image.content in self.detector.throttled_contents}
            self.detector.throttled, self.detector.throttled_contents = outer_throttled, outer_contents
        assert throttled == {request for request in same_bytes - done if keys[request.image] not in stored}
        return Progress(done, throttled)

    def record_current(self) -> None:
        """Record the current entries, which never change."""
        for row in self.tables.all("recognitions"):
            key = EntryKey(row["image_id"]["S"], row["sequencer"]["S"])
            assert self.current_before.setdefault(key, row["body"]["B"]) == row["body"]["B"]

    def stored_keys(self) -> set[EntryKey]:
        """Return the keys of all entries that are stored, or were current before."""
        earlier = {EntryKey(row["image_id"]["S"], row["sequencer"]["S"]) for row in self.earlier_rows()}
        return self.current_before.keys() | earlier

    @contextmanager
    def at_call(self, n: int | None, action: Callable[[], None]) -> Iterator[None]:
        """Run an action before the worker's call number `n`."""
        left = n

        def before(operation: str) -> None:
            nonlocal left
            left = None if left is None else left - 1
            if left == -1:
                self.tables.before = do_nothing
                action()

        self.tables.before = before
        yield
        self.tables.before = do_nothing

    def new_message(self, n: int, version: str) -> Message:
        """Send a version of an image, or if it has an entry, a request to recognize it again; return the message."""
        entries = [entry for entry in self.entries() if entry.image.image_id == IDS[n]]
        if entries:
            self.send(RecognitionRequest(entries[0].image, f"rcg_{version}{len(self.sent):03}", entries[0].options))
        else:
            self.upload(n, version)
        return self.queue.messages[-1]

    def send(self, request: RecognitionRequest) -> None:
        self.queue.add(str(len(self.sent)))
        self.sent.append(request)

    def due(self) -> list[Message]:
        """Return the messages to receive; dead letters, which only faults cause, are sent back."""
        messages = self.queue.due()
        for message in self.queue.dead:
            assert self.faults[message.message_id] >= UPLOADS.tries
            messages.append(self.queue.add(message.body))
        self.queue.dead.clear()
        return messages

    def repeats(self) -> list[Message]:
        """Return all messages again, as a queue may deliver them long after they are finished."""
        return [Message(f"repeat-{n}", str(n)) for n in range(len(self.sent))]

    def picked(self, picks: list[int], messages: list[Message]) -> list[Message]:
        return list(dict.fromkeys(messages[n % len(messages)] for n in picks if messages))

    def entries(self) -> list[Entry]:
        return [Entry.from_item(row) for row in self.tables.all("recognitions")]

    def earlier_rows(self, image_id: str = "img_") -> list[Mapping[str, Any]]:
        """Return the rows of the earlier entries of an image, or of all images."""
        rows = self.tables.all("answers")
        return [row for row in rows if row["about"]["S"].startswith(f"{ANN}/{image_id}")]


def die() -> None:
    """Die as a function does that is out of time or memory."""
    raise CrashError


def do_nothing(operation: str) -> None:
    """Do nothing."""


TestRecognizing = Recognizing.TestCase
TestRecognizing.settings = settings(
    max_examples=200, stateful_step_count=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
