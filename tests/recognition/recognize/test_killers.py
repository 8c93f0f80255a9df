"""An image that ends the recognize function itself: its neighbors are finished, its message is given up."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest

from domain.image import image_key
from recognition.recognize.runtime.request import RecognitionRequest
from tests.builders import IMAGE_ID, s3_event
from tests.recognition.conftest import Account
from tests.recognition.recognize.uploads import Uploads
from tests.redelivery import EndedError, Redelivery

KILLER = image_key("ann", IMAGE_ID, "killer.jpg")
GOOD = [image_key("ann", f"img_{n:032x}", "cat.jpg") for n in range(9)]


def test_nine_are_recognized_and_the_killer_is_a_dead_letter(
    account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Uploads()
    monkeypatch.setattr(recognize, "lazy", {"sqs": queue, "s3": account.s3}.__getitem__)
    real: Callable[..., Any] = recognize.recognize_all

    def recognize_all(requests: Sequence[RecognitionRequest], *arguments: Any) -> Any:
        if any(request.image.key == KILLER for request in requests):
            raise EndedError
        return real(requests, *arguments)

    monkeypatch.setattr(recognize, "recognize_all", recognize_all)
    messages = Redelivery(recognize, {key: s3_event(key) for key in [*GOOD[:4], KILLER, *GOOD[4:]]}, monkeypatch)
    messages.work_off(most=12)
    assert [entry.status for entry in account.entries()] == ["recognized"] * 9
    assert [message.body for message in queue.dead] == [s3_event(KILLER)]
    assert not [row for row in account.rows("answers") if row["about"]["S"] == "~message"]
