import json

from tests.sightline.conftest import Run
from tests.sightline.stand_in import Deployment, Trouble, recognition


def test_a_list_is_read_over_as_many_pages_as_it_takes(deployment: Deployment, run: Run) -> None:
    for number in range(230):
        deployment.add(f"{number}.jpg")
    assert len(run("list", "--all", "--json").records) == 230
    assert len(run("list", "--limit", "120", "--json").records) == 120
    assert [each["name"] for each in run("list", "--limit", "2", "--json").records] == ["229.jpg", "228.jpg"]


def test_a_list_shows_what_was_seen(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("Kätzchen.jpg")
    (row,) = run("list").said.splitlines()[2:]
    assert row.split() == [image_id, "2026-11-21", "12:00:00", "cat", "99%", "Kätzchen.jpg"]


def test_a_reader_s_wishes_are_passed_on(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    wishes = ("--label", "Kätzchen", "--detector", "edge", "--status", "recognized", "--since", "2026-11-01")
    run("list", "--top-k", "2", "--min-confidence", "0.5", *wishes, "--until", "2026-11-21T14:30:00+01:00")
    run("show", image_id, "--top-k", "1")
    paths = [path for _, path, _ in deployment.asked]
    assert paths == [
        "/images?limit=25&top_k=2&label=K%C3%A4tzchen&min_confidence=0.5&detector=edge&status=recognized"
        "&since=2026-11-01&until=2026-11-21T14%3A30%3A00%2B01%3A00",
        f"/images/{image_id}?top_k=1",
    ]


def test_an_image_is_shown_with_everything_seen_on_it(deployment: Deployment, run: Run) -> None:
    said = run("show", deployment.add("cat.jpg")).said
    assert "edge, asked for cascade" in said
    assert "animals@1.0.0" in said
    assert "451 × 300" in said
    assert "left 10%, top 20%, width 30%, height 40%" in said
    assert "dog" in said


def test_what_was_said_before_and_by_people_is_shown_beside_it(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    earlier = {"status": "recognized", "recognized_at": "2026-11-20T12:00:00Z", "recognition": recognition()}
    refused = {"status": "rejected", "rejected_at": "2026-11-19T12:00:00Z", "rejection": {"code": "damaged_image"}}
    corrections = [{"labels": ["lynx", "猫"], "at": "2026-11-21T13:00:00Z"}, {"labels": [], "at": "…"}]
    more = {"earlier": [earlier, refused], "corrections": corrections, "reused_from": "img_f"}
    shown = deployment.answered(image_id) | more
    deployment.troubles[f"/images/{image_id}"] = [Trouble(200, json.dumps(shown))]
    said = run("show", image_id).said
    assert "lynx, 猫, said at 2026-11-21T13:00:00Z" in said
    assert "nothing, said at" in said
    assert "2026-11-20T12:00:00Z   edge       animals@1.0.0   cat" in said
    assert "rejected: damaged_image" in said
    assert "img_f" in said


def test_an_image_that_is_not_there_is_a_failure_and_the_others_are_shown(deployment: Deployment, run: Run) -> None:
    missing = '{"code": "no_such_image", "detail": "There is no such image.", "retryable": false}'
    deployment.troubles["/images/img_x"] = [Trouble(404, missing)] * 2
    image_id = deployment.add("cat.jpg")
    ran = run("show", "img_x", image_id)
    assert ran.status == 1
    assert ran.complained == "img_x: no_such_image: There is no such image.\n"
    assert image_id in ran.said
    assert run("show", "img_x", "--json").records[0]["error"]["code"] == "no_such_image"


def test_watching_ends_when_all_have_an_answer(deployment: Deployment, run: Run) -> None:
    deployment.looks_until_answered = 2
    ran = run("watch", deployment.add("cat.jpg"), deployment.add("dog.jpg"))
    assert ran.status == 0
    assert [line.split()[1:] for line in ran.said.splitlines()] == [
        ["cat", "99%", "cat.jpg"],
        ["cat", "99%", "dog.jpg"],
    ]


def test_models_are_listed(deployment: Deployment, run: Run) -> None:
    assert "cat, dog" in run("models").said
    assert run("models", "--json").records[0]["name"] == "animals"


def test_what_steers_a_terminal_is_not_passed_on(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("\x1b[2Jcat [bold]\u202f1.jpg")
    for ran in (run("list"), run("show", image_id), run("watch", image_id)):
        assert "\x1b" not in ran.said
        assert "cat [bold]\u202f1.jpg" in ran.said
