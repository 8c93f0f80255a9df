"""Throttled detectors: images wait in the queue as long as it takes, and no attempt is counted."""

import json
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from domain.image import image_key
from tests.builders import IMAGE_ID, Context, s3_event
from tests.recognition.conftest import Account
from tests.recognition.recognize.uploads import Uploads
from wire.aws.queue import REQUEUE_COUNT, TRY_COUNT
from wire.aws.retries import retry_later
from wire.aws.retry_policy import REQUEUES

KEY = image_key("ann", IMAGE_ID, "cat.jpg")
OTHER = image_key("ann", "img_" + "1" * 32, "dog.jpg")
LABELS = {"LabelModelVersion": "3.0", "Labels": [{"Name": "Cat", "Confidence": 91.5}]}


class Rekognition:
    """A client that fails with the error code of a key, or of `*`."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.keys: list[str] = []

    def detect_labels(self, **arguments: Any) -> Mapping[str, Any]:
        key = arguments["Image"]["S3Object"]["Name"]
        self.keys.append(key)
        if code := self.errors.get(key, self.errors.get("*")):
            raise ClientError({"Error": {"Code": code}}, "DetectLabels")
        return LABELS


class Running(Context):
    """A context with these remaining seconds, call by call, then two minutes."""

    def __init__(self, seconds_left: Sequence[int]) -> None:
        self.seconds_left = iter(seconds_left)

    def get_remaining_time_in_millis(self) -> int:
        return 1000 * next(self.seconds_left, 120)


class Stage:
    """The worker and its queue; Rekognition recognizes every image for which it has no error."""

    def __init__(self, module: ModuleType, rekognition: Rekognition, account: Account) -> None:
        self.module, self.rekognition, self.account, self.queue = module, rekognition, account, Uploads()

    def work_off(self, *, acknowledged: bool = True, seconds_left: Sequence[int] = ()) -> list[str]:
        """Handle all queued messages as one batch; return the IDs of the failed ones."""
        records = [message.record() for message in self.queue.due()]
        response = self.module.handler({"Records": records}, Running(seconds_left))
        failed = [failure["itemIdentifier"] for failure in response["batchItemFailures"]]
        if acknowledged:
            self.queue.finish(records, failed)
        return failed

    def throttle(self, *keys: str) -> None:
        """Have Rekognition throttle calls about these keys, or all calls."""
        self.rekognition.errors |= dict.fromkeys(keys or ("*",), "ThrottlingException")

    def tries(self) -> int:
        """Return the deliveries that the only entry took."""
        (entry,) = self.account.entries()
        return entry.tries


@pytest.fixture
def stage(account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Return a stage whose default detector is Rekognition."""
    rekognition = Rekognition()
    stage = Stage(recognize, rekognition, account)
    monkeypatch.setattr(recognize.detectors, "default", "rekognition")
    monkeypatch.setattr(recognize.detectors.rekognition, "_rekognition", rekognition)
    monkeypatch.setattr(recognize, "retry_later", retry_later)
    monkeypatch.setattr(recognize, "lazy", {"sqs": stage.queue, "s3": account.s3}.__getitem__)
    return stage


def test_a_throttled_image_is_requeued_and_its_message_is_finished(stage: Stage) -> None:
    original = stage.queue.add(s3_event(KEY))
    stage.throttle()
    assert stage.work_off() == []
    (message,) = stage.queue.messages
    assert (message.body, message.received) == (original.body, 0)
    assert 30 <= message.delay <= 60
    assert stage.account.rows() == stage.account.published() == []


def test_however_long_a_detector_is_throttled_the_image_is_then_recognized_at_its_first_attempt(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.throttle()
    for _ in range(9):
        stage.work_off()
    stage.rekognition.errors.clear()
    stage.work_off()
    assert (stage.queue.messages, stage.queue.dead) == ([], [])
    assert stage.tries() == 1
    assert len(stage.account.published()) == 1


def test_the_neighbors_of_a_throttled_image_are_recognized(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.queue.add(s3_event(OTHER))
    stage.throttle(KEY)
    assert stage.work_off() == []
    assert [message.body for message in stage.queue.messages] == [s3_event(KEY)]
    assert len(stage.account.rows()) == 1


def test_the_edge_function_may_be_throttled_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Throttled:
        def invoke(self, **arguments: Any) -> None:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")

    monkeypatch.setattr(stage.module.detectors.edge, "_lambda", Throttled())
    monkeypatch.setattr(stage.module.detectors, "default", "edge")
    stage.queue.add(s3_event(KEY))
    assert stage.work_off() == []
    assert len(stage.queue.messages) == 1


@pytest.mark.parametrize(("code", "failed"), [("ThrottlingException", 0), ("AccessDeniedException", 2)])
def test_an_image_for_which_no_time_is_left_is_requeued_if_others_were_throttled(
    stage: Stage, code: str, failed: int
) -> None:
    for_edge = image_key("ann", "img_" + "1" * 32, "dog.jpg", has_options=True)
    version = stage.account.put(for_edge, detector="edge")
    stage.queue.add(s3_event(KEY))
    stage.queue.add(s3_event(for_edge, version=version))
    stage.rekognition.errors["*"] = code
    assert len(stage.work_off(seconds_left=[119, 59])) == failed
    assert stage.account.edge.requests == []
    assert len(stage.queue.messages) == 2


def test_attempts_are_counted_across_requeues(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    for code in ("AccessDeniedException", "AccessDeniedException", "ThrottlingException", "AccessDeniedException"):
        stage.rekognition.errors["*"] = code
        stage.work_off()
    stage.rekognition.errors.clear()
    stage.work_off()
    assert stage.tries() == 4


def test_a_message_that_fails_for_another_reason_is_dead_after_five_attempts(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.rekognition.errors["*"] = "AccessDeniedException"
    for _ in range(5):
        assert stage.queue.dead == []
        stage.work_off()
    assert stage.queue.due() == []
    assert [message.body for message in stage.queue.dead] == [s3_event(KEY)]


def test_a_message_fails_if_one_of_its_images_failed_for_another_reason(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY, OTHER))
    stage.throttle(KEY)
    stage.rekognition.errors[OTHER] = "AccessDeniedException"
    assert len(stage.work_off()) == 1


def test_a_message_is_requeued_for_its_one_throttled_image(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY, OTHER))
    stage.throttle(KEY)
    assert stage.work_off() == []
    stage.rekognition.errors.clear()
    stage.work_off()
    assert stage.queue.messages == []
    assert stage.rekognition.keys.count(OTHER) == 1


def test_a_message_that_the_queue_does_not_accept_is_retried_like_any_other(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.throttle()
    stage.queue.refusing = True
    assert stage.work_off() == ["message-0"]


def test_a_worker_that_dies_before_it_has_requeued_leaves_the_message_unchanged(stage: Stage) -> None:
    message = stage.queue.add(s3_event(KEY))
    stage.throttle()
    stage.queue.before = _die
    with pytest.raises(MemoryError):
        stage.work_off()
    assert stage.queue.messages == [message]


def test_a_worker_that_dies_after_it_has_requeued_asks_twice_and_stores_once(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.throttle()
    stage.work_off(acknowledged=False)
    assert len(stage.queue.messages) == 2
    stage.rekognition.errors.clear()
    stage.work_off()
    assert (stage.queue.messages, stage.rekognition.keys) == ([], [KEY, KEY])
    assert len(stage.account.rows()) == 1
    assert len({event["event_id"] for event in stage.account.published()}) == 1


def test_a_message_requeued_for_a_day_and_a_half_is_retried_like_any_other_and_dies(stage: Stage) -> None:
    attribute = {"DataType": "Number", "StringValue": str(len(REQUEUES.pauses) - 1)}
    none = {"DataType": "Number", "StringValue": "0"}
    stage.queue.add(s3_event(KEY), attributes={REQUEUE_COUNT: attribute, TRY_COUNT: none})
    stage.throttle()
    for _ in range(6):
        assert stage.queue.dead == []
        stage.work_off()
    assert stage.queue.due() == []
    assert len(stage.queue.dead) == 1


def test_throttled_images_are_counted(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    for key in (KEY, OTHER):
        stage.queue.add(s3_event(key))
    stage.throttle(KEY)
    stage.work_off()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    fields = json.loads(line)
    assert (fields["ImagesAsked"], fields["RekognitionCalls"], fields["Throttled"]) == ([2], [1], [1])


def test_pauses_grow_to_the_longest_that_sqs_allows_and_differ_by_chance() -> None:
    shortest, longest = ([REQUEUES.backoff(n, chance=lambda: c) for n in range(1, 201)] for c in (0.0, 1.0))  # noqa: B023
    assert (shortest[0], longest[0]) == (32, 59)
    assert (shortest[-1], longest[-1]) == (473, 878)
    assert max(longest) <= 900
    assert 24 < sum(REQUEUES.pauses) / 3600 < 48
    assert REQUEUES.backoff(201) == 0


def _die(operation: str) -> None:
    raise MemoryError
