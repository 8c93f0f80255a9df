from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_watching_ends_when_all_images_have_an_outcome(deployment: Deployment, run: Run) -> None:
    deployment.polls_until_outcome = 2
    result = run("watch", deployment.add("cat.jpg"), deployment.add("dog.jpg"))
    assert result.status == 0
    assert [line.split()[1:] for line in result.stdout.splitlines()] == [
        ["cat", "99%", "cat.jpg"],
        ["cat", "99%", "dog.jpg"],
    ]
