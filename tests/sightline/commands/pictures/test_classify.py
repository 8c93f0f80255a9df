from pathlib import Path

from tests.sightline.conftest import Run
from tests.sightline.stand_in import JPEG, Deployment, Trouble


def test_pictures_are_classified_at_once(deployment: Deployment, run: Run, holiday: Path) -> None:
    ran = run("classify", holiday / "Kätzchen.jpg", "--model", "animals", "--top-k", "2")
    assert ran.status == 0
    assert deployment.asked == [("POST", "/classify?model=animals&top_k=2", JPEG)]
    assert [line.split()[-2:] for line in ran.said.splitlines()[2:]] == [["cat", "99%"], ["dog", "1%"]]


def test_one_that_cannot_be_classified_does_not_keep_the_others_from_it(
    deployment: Deployment, run: Run, holiday: Path
) -> None:
    said = '{"code": "damaged_image", "detail": "It cannot be read.", "retryable": false}'
    deployment.troubles["/classify"] = [Trouble(422, said)]
    ran = run("classify", holiday, "https://example.com/cat.jpg", "--parallel", "1", "--json")
    assert ran.status == 1
    assert [each.get("error", {}).get("code") for each in ran.records] == ["damaged_image", None, "no_file"]
