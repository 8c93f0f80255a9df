"""A detector that has no time: images wait in the queue as long as it takes, and no try is counted against them."""

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
from wire.aws.queue import PUT_OFF
from wire.aws.retry_policy import REQUEUES

KEY = image_key("ann", IMAGE_ID, "cat.jpg")
OTHER = image_key("ann", "img_" + "1" * 32, "dog.jpg")
LABELS = {"LabelModelVersion": "3.0", "Labels": [{"Name": "Cat", "Confidence": 91.5}]}


class Rekognition:
    """A client that refuses each key with what is said of it, else of `*`."""

    def __init__(self) -> None:
        self.refusals: dict[str, str] = {}
        self.asked: list[str] = []

    def detect_labels(self, **asked: Any) -> Mapping[str, Any]:
        key = asked["Image"]["S3Object"]["Name"]
        self.asked.append(key)
        if code := self.refusals.get(key, self.refusals.get("*")):
            raise ClientError({"Error": {"Code": code}}, "DetectLabels")
        return LABELS


class Running(Context):
    """A function that has so many seconds left when it asks, and two minutes when it asks once more."""

    def __init__(self, seconds_left: Sequence[int]) -> None:
        self.seconds_left = iter(seconds_left)

    def get_remaining_time_in_millis(self) -> int:
        return 1000 * next(self.seconds_left, 120)


class Stage:
    """The recognise function and its queue; Rekognition answers unless `refusals` say otherwise."""

    def __init__(self, module: ModuleType, rekognition: Rekognition, account: Account) -> None:
        self.module, self.rekognition, self.account, self.queue = module, rekognition, account, Uploads()

    def work_off(self, *, acknowledged: bool = True, seconds_left: Sequence[int] = ()) -> list[str]:
        """One batch of all that is queued; answers what failed."""
        records = [each.record() for each in self.queue.due()]
        said = self.module.handler({"Records": records}, Running(seconds_left))
        failed = [each["itemIdentifier"] for each in said["batchItemFailures"]]
        if acknowledged:
            self.queue.finish(records, failed)
        return failed

    def throttle(self, *keys: str) -> None:
        """Have Rekognition no time for these, or for any."""
        self.rekognition.refusals |= dict.fromkeys(keys or ("*",), "ThrottlingException")

    def tries(self) -> int:
        """How many the one answer that is kept took."""
        (row,) = self.account.rows()
        return int(json.loads(row["said"]["S"]).get("tries", 1))


@pytest.fixture
def stage(account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Rekognition is who is asked."""
    rekognition = Rekognition()
    made = Stage(recognize, rekognition, account)
    monkeypatch.setattr(recognize.detectors, "default", "rekognition")
    monkeypatch.setattr(recognize.detectors.rekognition, "_rekognition", rekognition)
    monkeypatch.setattr(recognize, "rarely", {"sqs": made.queue, "s3": account.s3}.__getitem__)
    return made


def test_a_throttled_image_is_queued_anew_and_its_message_is_done_with(stage: Stage) -> None:
    before = stage.queue.add(s3_event(KEY))
    stage.throttle()
    assert stage.work_off() == []
    (message,) = stage.queue.messages
    assert (message.body, message.received) == (before.body, 0)
    assert 30 <= message.delay <= 60
    assert stage.account.rows() == stage.account.told() == []


def test_however_long_a_detector_has_no_time_the_image_is_answered_then_at_its_first_try(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.throttle()
    for _ in range(9):
        stage.work_off()
    stage.rekognition.refusals.clear()
    stage.work_off()
    assert (stage.queue.messages, stage.queue.dead) == ([], [])
    assert stage.tries() == 1
    assert len(stage.account.told()) == 1


def test_its_neighbours_are_answered(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.queue.add(s3_event(OTHER))
    stage.throttle(KEY)
    assert stage.work_off() == []
    assert [each.body for each in stage.queue.messages] == [s3_event(KEY)]
    assert len(stage.account.rows()) == 1


def test_the_edge_function_may_have_no_time_either(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy:
        def invoke(self, **asked: Any) -> None:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")

    monkeypatch.setattr(stage.module.detectors.edge, "_lambda", Busy())
    monkeypatch.setattr(stage.module.detectors, "default", "edge")
    stage.queue.add(s3_event(KEY))
    assert stage.work_off() == []
    assert len(stage.queue.messages) == 1


@pytest.mark.parametrize(("refusal", "failed"), [("ThrottlingException", 0), ("AccessDeniedException", 2)])
def test_what_there_was_no_time_for_because_others_were_throttled_is_put_off_too(
    stage: Stage, refusal: str, failed: int
) -> None:
    asked = image_key("ann", "img_" + "1" * 32, "dog.jpg", asked=True)
    version = stage.account.put(asked, detector="edge")
    stage.queue.add(s3_event(KEY))
    stage.queue.add(s3_event(asked, version=version))
    stage.rekognition.refusals["*"] = refusal
    assert len(stage.work_off(seconds_left=[119, 59])) == failed
    assert stage.account.edge.asked == []
    assert len(stage.queue.messages) == 2


def test_tries_are_counted_across_being_put_off(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    for refusal in ("AccessDeniedException", "AccessDeniedException", "ThrottlingException", "AccessDeniedException"):
        stage.rekognition.refusals["*"] = refusal
        stage.work_off()
    stage.rekognition.refusals.clear()
    stage.work_off()
    assert stage.tries() == 4


def test_what_fails_for_another_reason_is_dead_after_five_tries(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.rekognition.refusals["*"] = "AccessDeniedException"
    failed = [stage.work_off() for _ in range(5)]
    assert all(failed)
    assert stage.queue.due() == []
    assert [each.body for each in stage.queue.dead] == [s3_event(KEY)]


def test_a_message_of_which_one_image_failed_for_another_reason_has_failed(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY, OTHER))
    stage.throttle(KEY)
    stage.rekognition.refusals[OTHER] = "AccessDeniedException"
    assert len(stage.work_off()) == 1


def test_a_message_of_which_one_image_is_answered_is_put_off_for_the_other(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY, OTHER))
    stage.throttle(KEY)
    assert stage.work_off() == []
    stage.rekognition.refusals.clear()
    stage.work_off()
    assert stage.queue.messages == []
    assert stage.rekognition.asked.count(OTHER) == 1


def test_what_the_queue_does_not_take_anew_is_tried_again_as_any_other(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.throttle()
    stage.queue.refusing = True
    assert stage.work_off() == ["message-0"]


def test_a_function_that_dies_before_it_has_sent_anew_leaves_the_message_as_it_was(stage: Stage) -> None:
    message = stage.queue.add(s3_event(KEY))
    stage.throttle()
    stage.queue.before = _die
    with pytest.raises(MemoryError):
        stage.work_off()
    assert stage.queue.messages == [message]


def test_a_function_that_dies_after_it_has_sent_anew_asks_twice_and_answers_once(stage: Stage) -> None:
    stage.queue.add(s3_event(KEY))
    stage.throttle()
    stage.work_off(acknowledged=False)
    assert len(stage.queue.messages) == 2
    stage.rekognition.refusals.clear()
    stage.work_off()
    assert (stage.queue.messages, stage.rekognition.asked) == ([], [KEY, KEY])
    assert len(stage.account.rows()) == 1
    assert len({each["event_id"] for each in stage.account.told()}) == 1


def test_what_was_put_off_for_a_day_and_a_half_is_tried_as_any_other_and_dies(stage: Stage) -> None:
    told = {"DataType": "Number", "StringValue": str(len(REQUEUES.pauses) - 1)}
    stage.queue.add(s3_event(KEY), attributes={PUT_OFF: told})
    stage.throttle()
    assert stage.work_off() == []
    assert all(stage.work_off() for _ in range(5))
    assert stage.queue.due() == []
    assert len(stage.queue.dead) == 1


def test_how_many_were_throttled_is_counted(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    for key in (KEY, OTHER):
        stage.queue.add(s3_event(key))
    stage.throttle(KEY)
    stage.work_off()
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith('{"_aws"')]
    said = json.loads(line)
    assert (said["ImagesAsked"], said["RekognitionCalls"], said["Throttled"]) == ([2], [1], [1])


def test_pauses_grow_to_what_sqs_allows_and_no_two_messages_come_at_once() -> None:
    shortest, longest = ([REQUEUES.backoff(n, chance=lambda: c) for n in range(1, 201)] for c in (0.0, 1.0))  # noqa: B023
    assert (shortest[0], longest[0]) == (32, 59)
    assert (shortest[-1], longest[-1]) == (473, 878)
    assert max(longest) <= 900
    assert 24 < sum(REQUEUES.pauses) / 3600 < 48
    assert REQUEUES.backoff(201) == 0


def _die(operation: str) -> None:
    raise MemoryError
