"""One deployment of the real app for all of these tests, on a port of its own, ended afterwards."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.clock import now
from domain.image import image_key, new_image_id
from local import demo_user
from local.deployment import Deployment, deployed
from local.loopback import serving
from local.photos import PhotoHandler
from local.receiver import Book, handler
from tests import rekognition_server
from tests.builders import s3_event
from tests.photographs import photograph
from tests.pipeline.chain import Chain
from tests.pipeline.monitoring.leaks import leaks, log_of, secrets_of
from tests.pipeline.monitoring.marked_photograph import MARKS, by_every_way, marked
from tests.ports import free_port

DAILY_UPLOADS = 40


@pytest.fixture(scope="session")
def rekognition() -> rekognition_server.Book:
    """What the deployment's Rekognition was asked, and whether it refuses."""
    return rekognition_server.Book(busy="busy.jpg")


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory, rekognition: rekognition_server.Book) -> Iterator[Deployment]:
    """All three stacks in an emulator of their own, auth off, with a Rekognition on this machine.

    Afterwards, that no function was denied anything, or has logged what nobody may read.
    """
    with (
        serving(rekognition_server.handler(rekognition)) as url,
        deployed(
            tmp_path_factory.mktemp("deployment"),
            free_port(),
            context={"rekognition": "true", "alarm_spend": "0.001"},
            environment={"REKOGNITION_STAND_IN": url},
        ) as made,
    ):
        yield made
        check(made)


def check(made: Deployment) -> None:
    """Of a run that is over: that its functions were denied nothing, and told no secret in their logs."""
    said = log_of(made)
    assert "answered" in said
    assert "not authorized" not in said
    assert not leaks(said, (*secrets_of(made), *MARKS))


@pytest.fixture(scope="session")
def chain(deployment: Deployment) -> Iterator[Chain]:
    """The deployment with a subscriber that is told everything."""
    book = Book()
    with serving(PhotoHandler) as photographs, serving(handler(book)) as receiver:
        made = Chain(deployment, photographs, book)
        answer = made.ask("POST", "/webhooks", json={"url": f"{receiver}/hook"})
        assert answer.status_code == 201, answer.text
        book.secret = answer.json()["secret"]
        yield made


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """All three stacks with auth on, a day's quota for each user, and a Rekognition that nobody here asks."""
    settings = {"rekognition": "true", "daily_uploads": str(DAILY_UPLOADS), "daily_spend": "0.01"}
    with deployed(tmp_path_factory.mktemp("guarded"), free_port(), auth="cognito", context=settings) as made:
        yield made
        check(made)


@pytest.fixture(scope="session")
def ann(guarded: Deployment) -> Iterator[Chain]:
    """The deployment with auth on as a signed-in user meets it."""
    with serving(PhotoHandler) as photographs:
        yield Chain(guarded, photographs, Book(), demo_user.token(guarded, "ann@example.com"))


@pytest.fixture(scope="session")
def bob(guarded: Deployment, ann: Chain) -> Chain:
    """And as another one does."""
    return replace(ann, token=demo_user.token(guarded, "bob@example.com"))


@pytest.fixture(scope="session")
def cat() -> bytes:
    """A photograph of a cat as JPEG."""
    return photograph("cat")


@pytest.fixture(scope="session")
def coffee() -> bytes:
    """A photograph of a cup of coffee as JPEG."""
    return photograph("coffee")


@pytest.fixture(scope="session", autouse=True)
def marked_id(chain: Chain, cat: bytes) -> str:
    """A photograph with its owner's name and place in it has come in by every way; answers the id of one."""
    return by_every_way(chain, marked(cat))


@pytest.fixture(scope="session", autouse=True)
def busy_id(deployment: Deployment, cat: bytes) -> str:
    """An image that Rekognition has no time for when first asked, sent first, because it waits a minute; its id.

    It is nobody's whose images others count.
    """
    image_id, place = new_image_id(now()), deployment.endpoints.images_bucket
    key = image_key("busy", image_id, "busy.jpg", asked=True)
    deployment.client("s3").put_object(Bucket=place, Key=key, Body=cat, Metadata={"detector": "rekognition"})
    return image_id


@pytest.fixture(scope="session", autouse=True)
def poison(deployment: Deployment) -> str:
    """A message that is no S3 event, sent first, because it takes a minute to die; answers its body."""
    body = "this is no S3 event"
    queue = deployment.endpoints.uploads_queue_url
    bucket = {"name": deployment.endpoints.images_bucket}
    neighbour = s3_event("nothing/here.jpg").replace('{"name": "images"}', json.dumps(bucket))
    entries = [{"Id": str(n), "MessageBody": message} for n, message in enumerate((body, neighbour))]
    deployment.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)
    return body
