"""Re-recognition and corrections under moto."""

import json
from types import ModuleType

import pytest

from domain.image import image_key
from tests.builders import IMAGE_ID
from tests.recognition.caller import ONE, arrive, ask, started, work_off
from tests.recognition.conftest import Account

AGAIN = "POST /images/{image_id}/recognitions"
CORRECT = "POST /images/{image_id}/corrections"
SHOW = "GET /images/{image_id}"


@pytest.fixture
def amend(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return started("images.runtime.amend.handler", monkeypatch)


def test_an_image_is_recognised_again_and_shows_both_answers(
    account: Account, amend: ModuleType, images: ModuleType, recognize: ModuleType
) -> None:
    arrive(account, recognize)
    account.edge.version = "2.0.0"
    status, queued = ask(amend, AGAIN, path=ONE, body='{"detector": "edge", "model": "animals"}')
    assert (status, queued["status"], queued["image_id"]) == (202, "queued", IMAGE_ID)
    assert queued["links"] == {"self": f"https://api.example/images/{IMAGE_ID}"}
    work_off(account, recognize)
    _, shown = ask(images, SHOW, path=ONE)
    assert shown["request"] == queued["request"]
    (before,) = shown["earlier"]
    assert before["status"] == "recognized"
    assert before["recognition"]["detections"][0]["label"] == "cat"
    assert "request" not in before
    assert before["recognized_at"] <= shown["recognized_at"]


def test_what_is_not_named_is_the_deployment_s_choice_and_the_rest_stays_as_it_was_sent(
    account: Account, amend: ModuleType, recognize: ModuleType
) -> None:
    arrive(account, recognize)
    for body in (None, "", "{}"):
        assert ask(amend, AGAIN, path=ONE, body=body)[0] == 202
    asked = [json.loads(each)["Recognize"]["options"] for each in work_off(account, recognize)]
    assert asked == [{"detector": None, "model": None, "top_k": None, "min_confidence": None}] * 3


def test_later_wishes_sort_behind_earlier_ones(account: Account, amend: ModuleType, recognize: ModuleType) -> None:
    arrive(account, recognize)
    wishes = [ask(amend, AGAIN, path=ONE)[1]["request"] for _ in range(3)]
    assert [wish[:16] for wish in wishes] == sorted(wish[:16] for wish in wishes)
    assert len(set(wishes)) == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"detector": "eye"}', "invalid_options"),
        ('{"detector": 1}', "invalid_options"),
        ('{"model": ""}', "invalid_options"),
        ('{"model": "a b"}', "invalid_options"),
        ('{"top_k": 1}', "unknown_field"),
        ("[]", "invalid_json"),
        ("{", "invalid_json"),
    ],
)
def test_a_wish_that_makes_no_sense_says_why(amend: ModuleType, body: str, code: str) -> None:
    status, problem = ask(amend, AGAIN, path=ONE, body=body)
    assert (status, problem["code"]) == (400, code)


def test_a_detector_the_deployment_has_not_cannot_be_asked(
    account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETECTORS", "edge")
    arrive(account, recognize)
    status, problem = ask(
        started("images.runtime.amend.handler", monkeypatch), AGAIN, path=ONE, body='{"detector": "rekognition"}'
    )
    assert (status, problem["code"]) == (400, "detector_unavailable")


@pytest.mark.parametrize(("route", "body"), [(AGAIN, None), (CORRECT, '{"labels": ["lynx"]}')])
def test_only_what_has_an_answer_can_be_amended(
    account: Account, amend: ModuleType, recognize: ModuleType, route: str, body: str | None
) -> None:
    assert ask(amend, route, path=ONE, body=body)[1]["code"] == "no_such_image"
    account.put(image_key("ann", IMAGE_ID, "cat.jpg"))
    status, problem = ask(amend, route, path=ONE, body=body)
    assert (status, problem["code"], problem["retryable"]) == (409, "not_recognized", True)
    arrive(account, recognize)
    assert ask(amend, route, path=ONE, body=body, owner="bob")[1]["code"] == "no_such_image"
    assert ask(amend, route, path=ONE, body=body)[0] in (201, 202)


def test_a_rejected_image_can_be_asked_about_again(account: Account, amend: ModuleType, recognize: ModuleType) -> None:
    arrive(account, recognize, "notes.txt")
    assert ask(amend, AGAIN, path=ONE)[0] == 202


def test_corrections_stand_beside_the_answer_in_the_order_they_came(
    account: Account, amend: ModuleType, images: ModuleType, recognize: ModuleType
) -> None:
    arrive(account, recognize)
    status, said = ask(amend, CORRECT, path=ONE, body='{"labels": ["lynx", "猫", "lynx"]}')
    assert (status, said["labels"], said["image_id"]) == (201, ["lynx", "猫"], IMAGE_ID)
    ask(amend, CORRECT, path=ONE, body='{"labels": []}')
    _, shown = ask(images, SHOW, path=ONE)
    assert [each["labels"] for each in shown["corrections"]] == [["lynx", "猫"], []]
    assert shown["corrections"][0]["at"] == said["at"]
    assert shown["recognition"]["detections"][0]["label"] == "cat"


def test_corrections_outlive_another_answer(
    account: Account, amend: ModuleType, images: ModuleType, recognize: ModuleType
) -> None:
    arrive(account, recognize)
    ask(amend, CORRECT, path=ONE, body='{"labels": ["lynx"]}')
    ask(amend, AGAIN, path=ONE)
    work_off(account, recognize)
    _, shown = ask(images, SHOW, path=ONE)
    assert (len(shown["earlier"]), shown["corrections"][0]["labels"]) == (1, ["lynx"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{}", "invalid_labels"),
        ('{"labels": "lynx"}', "invalid_labels"),
        ('{"labels": [1]}', "invalid_labels"),
        ('{"labels": [""]}', "invalid_labels"),
        ('{"labels": ["a\\nb"]}', "invalid_labels"),
        (json.dumps({"labels": ["x" * 101]}), "invalid_labels"),
        (json.dumps({"labels": [str(n) for n in range(51)]}), "invalid_labels"),
        ('{"labels": [], "by": "me"}', "unknown_field"),
        ("", "invalid_json"),
    ],
)
def test_a_correction_that_makes_no_sense_says_why(amend: ModuleType, body: str, code: str) -> None:
    status, problem = ask(amend, CORRECT, path=ONE, body=body)
    assert (status, problem["code"]) == (400, code)


def test_an_image_takes_so_many_corrections(
    account: Account, amend: ModuleType, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognition.images.runtime.amend.corrections.MOST_CORRECTIONS", 2)
    arrive(account, recognize)
    answers = [ask(amend, CORRECT, path=ONE, body='{"labels": []}') for _ in range(3)]
    assert [status for status, _ in answers] == [201, 201, 409]
    assert answers[-1][1]["code"] == "too_many_corrections"


def test_the_longest_corrections_leave_room_in_the_row(
    account: Account, amend: ModuleType, recognize: ModuleType
) -> None:
    arrive(account, recognize)
    longest = json.dumps({"labels": [f"{n:02}" + "😀" * 98 for n in range(50)]})
    statuses = [ask(amend, CORRECT, path=ONE, body=longest)[0] for _ in range(3)]
    assert statuses == [201, 409, 409]
    (row,) = account.rows()
    assert len(json.dumps(row["corrections"])) < 200_000
