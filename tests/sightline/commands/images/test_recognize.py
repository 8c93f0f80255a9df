from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_request_names_the_detector_and_the_model(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    result = run("recognize", image_id, "--detector", "edge", "--model", "animals@1.0.0")
    assert (result.status, result.stdout) == (0, f"{image_id}  queued\n")
    options = {"detector": "edge", "model": "animals@1.0.0"}
    assert deployment.requests == [("POST", f"/images/{image_id}/recognitions", options)]


def test_waiting_shows_the_new_outcome_and_not_the_earlier_one(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    deployment.polls_until_outcome = 2
    (record,) = run("recognize", image_id, "--wait", "--json").records
    assert (record["request"], record["status"]) == ("rcg_1", "recognized")
    assert len(deployment.requests) == 4


def test_a_request_that_failed_beside_the_standing_outcome_is_a_failure(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    deployment.failed_request = {"code": "unusable_model", "detail": "The model is broken."}
    result = run("recognize", image_id, "--wait")
    assert (result.status, "unusable_model" in result.stderr) == (1, True)


def test_an_outcome_that_is_not_there_in_time_is_a_failure(deployment: Deployment, run: Run) -> None:
    deployment.polls_until_outcome = 1000
    result = run("recognize", deployment.add("cat.jpg"), "--wait", "--timeout", "0")
    assert (result.status, "no_answer_yet" in result.stderr) == (1, True)
