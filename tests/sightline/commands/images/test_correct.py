from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment, Response


def test_the_labels_are_sent_as_they_were_given(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    result = run("correct", image_id, "Kätzchen", "猫")
    assert (result.status, result.stdout) == (0, f"{image_id}  Kätzchen, 猫\n")
    assert deployment.requests == [("POST", f"/images/{image_id}/corrections", {"labels": ["Kätzchen", "猫"]})]


def test_no_labels_need_the_flag_nothing(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    assert "no_labels" in run("correct", image_id).stderr
    assert not deployment.requests
    assert run("correct", image_id, "--nothing", "--json").records[0]["labels"] == []


def test_a_correction_and_an_erasure_are_retried(deployment: Deployment, run: Run) -> None:
    image_id = deployment.add("cat.jpg")
    for path in (f"/images/{image_id}/corrections", f"/images/{image_id}"):
        deployment.responses[path] = [Response(503, "", {"Retry-After": "0"})]
    assert run("correct", image_id, "cat").status == 0
    assert run("delete", "--yes", image_id).status == 0
    assert len(deployment.requests) == 4
