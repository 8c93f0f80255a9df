from typing import Any

import pytest

from local import loopback
from local.demo import steps
from local.demo.receiver import Book, Receipt, handler
from local.demo.steps import Api, DemoError, Photo

RECOGNITION = {"detections": [{"label": "cat", "confidence": 0.987}, {"label": "dog", "confidence": 0.01}]}


class FakeApi(Api):
    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, object]] = []

    def ask(self, method: str, path: str, body: object = None) -> Any:
        self.asked.append((method, path, body))
        return self.answers[f"{method} {path.partition('?')[0]}"]


def test_the_receiver_is_registered_in_place_of_what_an_earlier_run_registered() -> None:
    book = Book()
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
    with loopback.serving(handler(book)) as receiver:
        steps.subscribe(api, receiver)
    assert book.secret == "whsec_1"
    assert [asked[:2] for asked in api.asked] == [
        ("GET", "/webhooks?limit=100"),
        ("DELETE", "/webhooks/sub_old"),
        ("POST", "/webhooks"),
    ]


def test_a_photograph_has_arrived_when_it_is_recognised_and_its_webhook_verified(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = {"data": {"image_id": "img_1"}}
    book = Book(receipts=[Receipt("evt_0", 101.0, False, "bad", None), Receipt("evt_1", 100.25, True, "", told)])
    photo = Photo("cat", "img_1", 100.0)
    with loopback.serving(handler(book)) as receiver:
        steps.wait(FakeApi({"GET /images/img_1": {"recognition": RECOGNITION}}), receiver, [photo])
    assert photo.arrived
    assert capsys.readouterr().out == "  1 of 1 recognised, 1 of 1 webhooks verified\n"
    assert steps.table([photo]).splitlines() == [
        "photo  recognised as    webhook   ms",
        "─────  ───────────────  ────────  ───",
        "cat    cat 99%, dog 1%  verified  250",
    ]


def test_a_rejected_photograph_says_why() -> None:
    photo = Photo("cat", "img_1", 100.0)
    api = FakeApi({"GET /images/img_1": {"rejection": {"code": "empty", "detail": "There are no bytes."}}})
    with loopback.serving(handler(Book())) as receiver:
        steps.wait(api, receiver, [photo])
    assert steps.table([photo]).endswith("cat    rejected: There are no bytes.  —        —")


def test_waiting_ends_with_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_PATIENCE", 0.0)
    with (
        loopback.serving(handler(Book())) as receiver,
        pytest.raises(DemoError, match="0 of 1 recognised, 0 of 1 webhooks verified"),
    ):
        steps.wait(FakeApi({"GET /images/img_1": {"status": "queued"}}), receiver, [Photo("cat", "img_1", 0.0)])


def test_an_answer_other_than_success_is_told_with_its_text() -> None:
    with (
        loopback.serving(handler(Book())) as receiver,
        pytest.raises(DemoError, match="POST /images was answered with 401"),
    ):
        Api(receiver, token=None).ask("POST", "/images", {})


def test_no_answer_is_told_too() -> None:
    with loopback.serving(handler(Book())) as receiver:
        gone = receiver
    with pytest.raises(DemoError, match="GET /images got no answer"):
        Api(gone, token=None).ask("GET", "/images")
