import itertools

from sightline.client.api import Api
from sightline.client.endpoint import Endpoint
from sightline.commands.images.watch import arriving
from tests.sightline.stand_in import Deployment


def test_every_new_answer_is_told_once_and_the_old_ones_are_not(deployment: Deployment) -> None:
    deployment.add("old.jpg")
    images = arriving(Api(Endpoint(deployment.url, None)), every=0.01)
    told = []
    for name in ("first.jpg", "second.jpg"):
        deployment.to_come.append(name)
        told += [image["name"] for image in itertools.islice(images, 1)]
    assert told == ["first.jpg", "second.jpg"]


def test_more_new_answers_than_a_page_holds_are_all_told(deployment: Deployment) -> None:
    deployment.add("old.jpg")
    deployment.to_come += [f"{number}.jpg" for number in range(250)]
    images = arriving(Api(Endpoint(deployment.url, None)), every=0.01)
    assert [image["name"] for image in itertools.islice(images, 250)] == [f"{number}.jpg" for number in range(250)]
