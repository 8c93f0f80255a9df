from typing import Any

import pytest

from local import loopback
from local.demo import steps
from local.demo.api import Api, DemoError
from local.demo.receiver import Receipt, Receiver, handler
from local.demo.results import Photo, table

RECOGNITION = {"detections": [{"label": "cat", "confidence": 0.987}, {"label": "dog", "confidence": 0.01}]}


class FakeApi(Api):
    def __init__(self, responses: dict[str, Any]) -> None:
        self.responses = responses
        self.calls: list[tuple[str, str, object]] = []

    def call(self, method: str, path: str, body: object = None) -> Any:
        self.calls.append((method, path, body))
        return self.responses[f"{method} {path.partition('?')[0]}"]


def test_the_receiver_replaces_those_of_earlier_runs() -> None:
    receiver = Receiver()
    api = FakeApi(
        {
            "GET /webhooks": {
                "items": [
                    {"webhook_id": "sub_old", "description": "make run"},
                    {"webhook_id": "sub_mine", "description": "the user's own"},
                ]
            },
            "DELETE /webhooks/sub_old": None,
            "POST /webhooks": {"secret": "whsec_1"},
        }
    )
    with loopback.serving(handler(receiver)) as url:
        steps.subscribe(api, url)
    assert receiver.secret == "whsec_1"
    assert [call[:2] for call in api.calls] == [
        ("GET", "/webhooks?limit=100"),
        ("DELETE", "/webhooks/sub_old"),
        ("POST", "/webhooks"),
    ]


def test_a_photograph_is_done_when_it_is_recognized_and_its_webhook_verified(
    capsys: pytest.CaptureFixture[str],
) -> None:
    event = {"data": {"image_id": "img_1"}}
    receiver = Receiver(
        receipts=[Receipt("evt_0", 101.0, False, "bad", None), Receipt("evt_1", 100.25, True, "", event)]
    )
    photo = Photo("cat", "img_1", 100.0)
    with loopback.serving(handler(receiver)) as url:
        steps.wait(FakeApi({"GET /images/img_1": {"recognition": RECOGNITION}}), url, [photo])
    assert photo.done
    assert capsys.readouterr().out == "  1 of 1 recognized, 1 of 1 webhooks verified\n"
    assert table([photo]).splitlines() == [
        "photo  recognized as    webhook   ms",
        "─────  ───────────────  ────────  ───",
        "cat    cat 99%, dog 1%  verified  250",
    ]


@pytest.mark.parametrize(
    "event", [{"type": "webhook.test", "data": {"webhook_id": "sub_1"}}, {"data": None}, {}, [], None, "text", 1]
)
def test_a_webhook_about_no_image_is_ignored(event: object) -> None:
    about_it = Receipt("evt_2", 101.0, True, "", {"data": {"image_id": "img_1"}})
    receiver = Receiver(receipts=[Receipt("evt_1", 100.0, True, "", event), about_it])
    photo = Photo("cat", "img_1", 100.0)
    with loopback.serving(handler(receiver)) as url:
        steps.wait(FakeApi({"GET /images/img_1": {"recognition": RECOGNITION}}), url, [photo])
    assert photo.received_at == 101.0


def test_a_rejected_photograph_is_shown_with_the_reason() -> None:
    photo = Photo("cat", "img_1", 100.0)
    api = FakeApi({"GET /images/img_1": {"rejection": {"code": "empty", "detail": "There are no bytes."}}})
    with loopback.serving(handler(Receiver())) as url:
        steps.wait(api, url, [photo])
    assert table([photo]).endswith("cat    rejected: There are no bytes.  —        —")


def test_waiting_too_long_raises_an_error_with_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_PATIENCE", 0.0)
    with (
        loopback.serving(handler(Receiver())) as url,
        pytest.raises(DemoError, match="0 of 1 recognized, 0 of 1 webhooks verified"),
    ):
        steps.wait(FakeApi({"GET /images/img_1": {"status": "queued"}}), url, [Photo("cat", "img_1", 0.0)])
