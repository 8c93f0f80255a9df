import itertools

from sightline import Client
from tests.sightline.fake_deployment import Deployment


def test_every_new_outcome_is_yielded_once_and_the_old_ones_are_not(deployment: Deployment) -> None:
    deployment.add("old.jpg")
    images = Client(deployment.url).images.watch(interval=0.01)
    names = []
    for name in ("first.jpg", "second.jpg"):
        deployment.arriving.append(name)
        names += [image["name"] for image in itertools.islice(images, 1)]
    assert names == ["first.jpg", "second.jpg"]


def test_more_new_outcomes_than_a_page_holds_are_all_yielded(deployment: Deployment) -> None:
    deployment.add("old.jpg")
    deployment.arriving += [f"{number}.jpg" for number in range(250)]
    images = Client(deployment.url).images.watch(interval=0.01)
    assert [image["name"] for image in itertools.islice(images, 250)] == [f"{number}.jpg" for number in range(250)]
