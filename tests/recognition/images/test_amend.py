"""Requests to recognize an image again, and corrections, under moto."""

import json
from types import ModuleType

import pytest
from hypothesis import given

from domain.image import image_key
from recognition.results.runtime.keys import ImageKey
from tests.builders import IMAGE_ID
from tests.hostile_json import no_fixture_check, objects
from tests.recognition.caller import ONE, call, started, upload, work_off
from tests.recognition.conftest import Account

AGAIN = "POST /images/{image_id}/recognitions"
CORRECT = "POST /images/{image_id}/corrections"
SHOW = "GET /images/{image_id}"


@pytest.fixture
def amend(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = started("images.runtime.amend.handler", monkeypatch)
    monkeypatch.setattr(module.models, "_read", unreachable)
    return module


def unreachable(headers: object) -> bytes:
    raise OSError("there is no API")


def test_an_image_is_recognized_again_and_shows_both_results(
    account: Account, amend: ModuleType, images: ModuleType, recognize: ModuleType
) -> None:
    upload(account, recognize)
    account.edge.version = "2.0.0"
    status, queued = call(amend, AGAIN, path=ONE, body='{"detector": "edge", "model": "animals"}')
    assert (status, queued["status"], queued["image_id"]) == (202, "queued", IMAGE_ID)
    assert queued["links"] == {"self": f"https://api.example/images/{IMAGE_ID}"}
    work_off(account, recognize)
    _, shown = call(images, SHOW, path=ONE)
    assert shown["request"] == queued["request"]
    (earlier,) = shown["earlier"]
    assert earlier["status"] == "recognized"
    assert earlier["recognition"]["detections"][0]["label"] == "cat"
    assert "request" not in earlier
    assert earlier["recognized_at"] <= shown["recognized_at"]


def test_a_model_that_is_not_listed_is_refused_and_changes_nothing(
    account: Account, amend: ModuleType, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(account, recognize)
    before = account.rows()
    listed = b'{"items": [{"detector": "edge", "name": "animals", "version": "2.0.0"}]}'
    monkeypatch.setattr(amend.models, "_read", lambda headers: listed)
    assert call(amend, AGAIN, path=ONE, body='{"model": "animals@2.0.0"}')[0] == 202
    work_off(account, recognize)
    status, problem = call(amend, AGAIN, path=ONE, body='{"model": "typo"}')
    assert (status, problem["code"]) == (400, "unknown_model")
    assert work_off(account, recognize) == []
    assert len(account.rows()) == len(before)


def test_an_option_that_is_not_given_has_its_default(
    account: Account, amend: ModuleType, recognize: ModuleType
) -> None:
    upload(account, recognize)
    for body in (None, "", "{}"):
        assert call(amend, AGAIN, path=ONE, body=body)[0] == 202
    options = [json.loads(body)["Recognize"]["options"] for body in work_off(account, recognize)]
    assert options == [{"detector": None, "model": None, "top_k": None, "min_confidence": None}] * 3


def test_later_requests_sort_after_earlier_ones(account: Account, amend: ModuleType, recognize: ModuleType) -> None:
    upload(account, recognize)
    requests = [call(amend, AGAIN, path=ONE)[1]["request"] for _ in range(3)]
    assert [request[:16] for request in requests] == sorted(request[:16] for request in requests)
    assert len(set(requests)) == 3


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
def test_an_invalid_request_is_refused(amend: ModuleType, body: str, code: str) -> None:
    status, problem = call(amend, AGAIN, path=ONE, body=body)
    assert (status, problem["code"]) == (400, code)


def test_a_detector_that_the_deployment_lacks_is_refused(
    account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETECTORS", "edge")
    upload(account, recognize)
    status, problem = call(
        started("images.runtime.amend.handler", monkeypatch), AGAIN, path=ONE, body='{"detector": "rekognition"}'
    )
    assert (status, problem["code"]) == (400, "detector_unavailable")


@pytest.mark.parametrize(("route", "body"), [(AGAIN, None), (CORRECT, '{"labels": ["lynx"]}')])
def test_only_an_image_with_a_result_can_be_amended(
    account: Account, amend: ModuleType, recognize: ModuleType, route: str, body: str | None
) -> None:
    assert call(amend, route, path=ONE, body=body)[1]["code"] == "no_such_image"
    account.put(image_key("ann", IMAGE_ID, "cat.jpg"))
    status, problem = call(amend, route, path=ONE, body=body)
    assert (status, problem["code"], problem["retryable"]) == (409, "not_recognized", True)
    upload(account, recognize)
    assert call(amend, route, path=ONE, body=body, owner="bob")[1]["code"] == "no_such_image"
    assert call(amend, route, path=ONE, body=body)[0] in (201, 202)


def test_a_rejected_image_can_be_recognized_again(account: Account, amend: ModuleType, recognize: ModuleType) -> None:
    upload(account, recognize, "notes.txt")
    assert call(amend, AGAIN, path=ONE)[0] == 202


def test_corrections_are_shown_beside_the_result_in_their_order(
    account: Account, amend: ModuleType, images: ModuleType, recognize: ModuleType
) -> None:
    upload(account, recognize)
    status, correction = call(amend, CORRECT, path=ONE, body='{"labels": ["lynx", "猫", "lynx"]}')
    assert (status, correction["labels"], correction["image_id"]) == (201, ["lynx", "猫"], IMAGE_ID)
    call(amend, CORRECT, path=ONE, body='{"labels": []}')
    _, shown = call(images, SHOW, path=ONE)
    assert [correction["labels"] for correction in shown["corrections"]] == [["lynx", "猫"], []]
    assert shown["corrections"][0]["at"] == correction["at"]
    assert shown["recognition"]["detections"][0]["label"] == "cat"


def test_corrections_stay_when_an_image_is_recognized_again(
    account: Account, amend: ModuleType, images: ModuleType, recognize: ModuleType
) -> None:
    upload(account, recognize)
    call(amend, CORRECT, path=ONE, body='{"labels": ["lynx"]}')
    call(amend, AGAIN, path=ONE)
    work_off(account, recognize)
    _, shown = call(images, SHOW, path=ONE)
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
def test_an_invalid_correction_is_refused(amend: ModuleType, body: str, code: str) -> None:
    status, problem = call(amend, CORRECT, path=ONE, body=body)
    assert (status, problem["code"]) == (400, code)


def test_the_number_of_corrections_is_limited(
    account: Account, amend: ModuleType, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognition.images.runtime.amend.corrections.MOST_CORRECTIONS", 2)
    upload(account, recognize)
    responses = [call(amend, CORRECT, path=ONE, body='{"labels": []}') for _ in range(3)]
    assert [status for status, _ in responses] == [201, 201, 409]
    assert responses[-1][1]["code"] == "too_many_corrections"


def test_corrections_at_the_same_time_do_not_exceed_the_limit(
    account: Account, amend: ModuleType, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another correction is stored between the look at the limits and each of the first writes."""
    monkeypatch.setattr("recognition.images.runtime.amend.corrections.MOST_CORRECTIONS", 3)
    upload(account, recognize)
    store = amend.recognitions.add_correction
    others = [{"labels": ["first"]}, {"labels": ["second"]}]

    def overtaken(key: ImageKey, correction: object, *, after: int) -> object:
        if others:
            store(key, others.pop(0), after=after)
        return store(key, correction, after=after)

    monkeypatch.setattr(amend.recognitions, "add_correction", overtaken)
    statuses = [call(amend, CORRECT, path=ONE, body='{"labels": ["lynx"]}')[0] for _ in range(2)]
    assert statuses == [201, 409]
    (row,) = account.rows()
    assert [json.loads(text["S"])["labels"][0] for text in row["corrections"]["L"]] == ["first", "second", "lynx"]


def test_the_longest_corrections_fit_into_the_row(account: Account, amend: ModuleType, recognize: ModuleType) -> None:
    upload(account, recognize)
    longest = json.dumps({"labels": [f"{n:02}" + "😀" * 98 for n in range(50)]})
    statuses = [call(amend, CORRECT, path=ONE, body=longest)[0] for _ in range(3)]
    assert statuses == [201, 409, 409]
    (row,) = account.rows()
    assert len(json.dumps(row["corrections"])) < 200_000


@pytest.mark.parametrize("route", [AGAIN, CORRECT])
@no_fixture_check
@given(body=objects("detector", "model", "labels"))
def test_no_json_fails_a_route(amend: ModuleType, route: str, body: str) -> None:
    assert call(amend, route, path=ONE, body=body)[0] < 500
