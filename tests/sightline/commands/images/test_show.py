import json

from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment, Response, recognition


def test_an_image_is_shown_with_its_recognition(deployment: Deployment, run: Run) -> None:
    printed = run("show", deployment.add("cat.jpg")).stdout
    assert "edge, requested: cascade" in printed
    assert "animals@1.0.0" in printed
    assert "451 × 300" in printed
    assert "left 10%, top 20%, width 30%, height 40%" in printed
    assert "dog" in printed


def test_an_image_is_shown_with_earlier_outcomes_and_corrections(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    earlier = {"status": "recognized", "recognized_at": "2026-11-20T12:00:00Z", "recognition": recognition()}
    refused = {"status": "rejected", "rejected_at": "2026-11-19T12:00:00Z", "rejection": {"code": "damaged_image"}}
    corrections = [{"labels": ["lynx", "猫"], "at": "2026-11-21T13:00:00Z"}, {"labels": [], "at": "…"}]
    more = {"earlier": [earlier, refused], "corrections": corrections, "reused_from": "img_f"}
    shown = deployment.read(image_id) | more
    deployment.responses[f"/images/{image_id}"] = [Response(200, json.dumps(shown))]
    printed = run("show", image_id).stdout
    assert "lynx, 猫, given at 2026-11-21T13:00:00Z" in printed
    assert "nothing, given at" in printed
    assert "2026-11-20T12:00:00Z   edge       animals@1.0.0   cat" in printed
    assert "rejected: damaged_image" in printed
    assert "img_f" in printed


def test_a_missing_image_is_a_failure_and_the_others_are_shown(deployment: Deployment, run: Run) -> None:
    missing = '{"code": "no_such_image", "detail": "There is no such image.", "retryable": false}'
    deployment.responses["/images/img_x"] = [Response(404, missing)] * 2
    image_id = deployment.add("cat.jpg")
    result = run("show", "img_x", image_id)
    assert result.status == 1
    assert result.stderr == "img_x: no_such_image: There is no such image.\n"
    assert image_id in result.stdout
    assert run("show", "img_x", "--json").records[0]["error"]["code"] == "no_such_image"


def test_control_characters_are_not_printed(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("\x1b[2Jcat [bold]\u202f1.jpg")
    for result in (run("list"), run("show", image_id), run("watch", image_id)):
        assert "\x1b" not in result.stdout
        assert "cat [bold]\u202f1.jpg" in result.stdout
