import itertools

from sightline.client.api import Api
from sightline.client.endpoint import Endpoint
from sightline.commands.images.watch import arriving
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_every_new_outcome_is_yielded_once_and_the_old_ones_are_not(deployment: Deployment) -> None:
    deployment.add("old.jpg")
    images = arriving(Api(Endpoint(deployment.url, None)), interval=0.01)
    names = []
    for name in ("first.jpg", "second.jpg"):
        deployment.arriving.append(name)
        names += [image["name"] for image in itertools.islice(images, 1)]
    assert names == ["first.jpg", "second.jpg"]


def test_more_new_outcomes_than_a_page_holds_are_all_yielded(deployment: Deployment) -> None:
    deployment.add("old.jpg")
    deployment.arriving += [f"{number}.jpg" for number in range(250)]
    images = arriving(Api(Endpoint(deployment.url, None)), interval=0.01)
    assert [image["name"] for image in itertools.islice(images, 250)] == [f"{number}.jpg" for number in range(250)]


def test_watching_ends_when_all_images_have_an_outcome(deployment: Deployment, run: Run) -> None:
    deployment.polls_until_outcome = 2
    result = run("watch", deployment.add("cat.jpg"), deployment.add("dog.jpg"))
    assert result.status == 0
    assert [line.split()[1:] for line in result.stdout.splitlines()] == [
        ["cat", "99%", "cat.jpg"],
        ["cat", "99%", "dog.jpg"],
    ]
