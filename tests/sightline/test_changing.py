import io

import pytest

from tests.sightline.conftest import Run
from tests.sightline.stand_in import Deployment, Trouble

MISSING = '{"code": "no_such_image", "detail": "There is no such image.", "retryable": false}'


def answering(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """What the user types."""
    monkeypatch.setattr("sys.stdin", io.StringIO(said))


def test_an_image_is_recognised_again_by_whom_one_wishes(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    ran = run("recognize", image_id, "--detector", "edge", "--model", "animals@1.0.0")
    assert (ran.status, ran.said) == (0, f"{image_id}  queued \n")
    asked = {"detector": "edge", "model": "animals@1.0.0"}
    assert deployment.asked == [("POST", f"/images/{image_id}/recognitions", asked)]


def test_who_waits_sees_the_new_answer_and_not_the_old_one(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    deployment.looks_until_answered = 2
    (record,) = run("recognize", image_id, "--wait", "--json").records
    assert (record["request"], record["status"]) == ("rcg_1", "recognized")
    assert len(deployment.asked) == 4


def test_an_answer_that_does_not_come_in_time_is_a_failure(deployment: Deployment, run: Run) -> None:
    deployment.looks_until_answered = 1000
    ran = run("recognize", deployment.add("cat.jpg"), "--wait", "--timeout", "0")
    assert (ran.status, "no_answer_yet" in ran.complained) == (1, True)


def test_a_person_s_answer_is_sent_as_it_was_given(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    ran = run("correct", image_id, "Kätzchen", "猫")
    assert (ran.status, ran.said) == (0, f"{image_id}  Kätzchen, 猫\n")
    assert deployment.asked == [("POST", f"/images/{image_id}/corrections", {"labels": ["Kätzchen", "猫"]})]


def test_nothing_is_an_answer_too_but_is_not_said_by_mistake(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    assert "no_labels" in run("correct", image_id).complained
    assert not deployment.asked
    assert run("correct", image_id, "--nothing", "--json").records[0]["labels"] == []


@pytest.mark.parametrize("said", ["", "\n", "n\n", "yes, but\n"])
def test_nothing_is_erased_unless_that_was_meant(
    deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    answering(monkeypatch, said)
    ran = run("delete", deployment.add("cat.jpg"))
    assert (ran.status, len(deployment.images), deployment.asked) == (1, 1, [])
    assert "not_confirmed" in ran.complained


def test_who_agrees_gets_a_receipt(deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "Y\n")
    image_id = deployment.add("cat.jpg")
    ran = run("delete", image_id)
    assert (ran.status, deployment.images) == (0, {})
    assert "Erase this image for good" in ran.complained
    assert [line.split() for line in ran.said.splitlines()] == [
        [image_id, "erased", "at", "2026-11-21T12:00:00Z"],
        ["objects", "images/k", "v1"],
        ["derived", "k/thumbnail"],
        ["recognition", "true"],
    ]


def test_one_that_is_not_there_does_not_keep_the_others_from_going(deployment: Deployment, run: Run) -> None:
    deployment.troubles["/images/img_x"] = [Trouble(404, MISSING)]
    ran = run("delete", "--yes", "img_x", deployment.add("cat.jpg"), "--json")
    assert (ran.status, deployment.images) == (1, {})
    assert [each["status"] for each in ran.records] == ["failed", "erased"]


def test_nobody_goes_on_without_a_valid_token(deployment: Deployment, run: Run) -> None:
    deployment.troubles["/images/img_x"] = [Trouble(401, '{"code": "token_expired", "detail": "It has expired."}')]
    ran = run("delete", "--yes", "img_x", deployment.add("cat.jpg"))
    assert (ran.status, len(deployment.images), len(deployment.asked)) == (1, 1, 1)
    assert "SIGHTLINE_TOKEN" in ran.complained


def test_what_may_pass_is_tried_again(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    for path in (f"/images/{image_id}/corrections", f"/images/{image_id}"):
        deployment.troubles[path] = [Trouble(503, "", {"Retry-After": "0"})]
    assert run("correct", image_id, "cat").status == 0
    assert run("delete", "--yes", image_id).status == 0
    assert len(deployment.asked) == 4
