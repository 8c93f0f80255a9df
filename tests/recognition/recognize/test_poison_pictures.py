"""A picture that ends the edge function: its neighbors are finished at once, and it is rejected the second time."""

from types import ModuleType

import pytest

from domain.image import image_key
from tests.builders import IMAGE_ID, Context, s3_event
from tests.recognition.conftest import Account
from tests.recognition.recognize.uploads import Uploads
from wire.aws.queue import ENDED_COUNT, TRY_COUNT

POISON = image_key("ann", IMAGE_ID, "cat.poison")
GOOD = [image_key("ann", f"img_{n:032x}", "cat.jpg") for n in range(9)]


@pytest.fixture
def queue(account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Uploads:
    """Return the worker's queue."""
    queue = Uploads()
    monkeypatch.setattr(recognize, "lazy", {"sqs": queue, "s3": account.s3}.__getitem__)
    return queue


def work_off(module: ModuleType, queue: Uploads) -> list[str]:
    """Handle all queued messages as one batch; return the IDs of the failed ones."""
    records = [message.record() for message in queue.due()]
    response = module.handler({"Records": records}, Context())
    failed = [failure["itemIdentifier"] for failure in response["batchItemFailures"]]
    queue.finish(records, failed)
    return failed


def statuses(account: Account) -> list[str]:
    """Return the statuses of all rows."""
    return sorted(entry.status for entry in account.entries())


def test_nine_are_recognized_and_one_is_rejected(account: Account, recognize: ModuleType, queue: Uploads) -> None:
    for key in [*GOOD[:4], POISON, *GOOD[4:]]:
        queue.add(s3_event(key))
    assert work_off(recognize, queue) == []
    assert statuses(account) == ["recognized"] * 9
    (waiting,) = queue.messages
    counts = {name: attribute["StringValue"] for name, attribute in waiting.attributes.items()}
    assert (counts[ENDED_COUNT], counts[TRY_COUNT], waiting.delay) == ("1", "1", 2)
    asked = len(account.edge.images())
    assert work_off(recognize, queue) == []
    assert statuses(account) == ["recognized"] * 9 + ["rejected"]
    assert queue.messages == []
    assert len(account.edge.images()) == asked + 2  # alone, and the picture that checks the function
    (rejected,) = [event for event in account.published() + account.published() if event["type"] == "image.rejected"]
    assert rejected["data"]["rejection"]["code"] == "model_failed"


def test_a_poisoned_message_that_the_queue_refuses_is_tried_again(
    account: Account, recognize: ModuleType, queue: Uploads
) -> None:
    queue.add(s3_event(POISON))
    queue.refusing = True
    assert work_off(recognize, queue) == ["message-0"]
    assert statuses(account) == []
