"""The deployments of the real app that all tests of this folder share."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.clock import now
from domain.image import image_key, new_image_id
from local.demo import user
from local.demo.photos import PhotoHandler
from local.demo.receiver import Receiver, handler
from local.deployment import Deployment, deployed
from local.loopback import serving
from tests import rekognition_server
from tests.builders import s3_event
from tests.photographs import photograph
from tests.pipeline.chain import Chain
from tests.pipeline.monitoring.leaks import leaks, log_of, secrets_of
from tests.pipeline.monitoring.marked_photograph import MARKS, by_every_way, marked
from tests.ports import free_port

DAILY_UPLOADS = 40


@pytest.fixture(scope="session")
def rekognition() -> rekognition_server.Rekognition:
    """The stand-in Rekognition of the deployment."""
    return rekognition_server.Rekognition(busy="busy.jpg")


@pytest.fixture(scope="session")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, rekognition: rekognition_server.Rekognition
) -> Iterator[Deployment]:
    """Deploy all three stacks into an emulator of their own, auth off, with a Rekognition on this machine.

    Afterwards check the logs of its functions.
    """
    with (
        serving(rekognition_server.handler(rekognition)) as url,
        deployed(
            tmp_path_factory.mktemp("deployment"),
            free_port(),
            context={"rekognition": "true", "alarm_spend": "0.001"},
            environment={"REKOGNITION_STAND_IN": url},
        ) as deployment,
    ):
        yield deployment
        check_logs(deployment)


def check_logs(deployment: Deployment) -> None:
    """Check the logs of a whole run: no function was denied an action, and none logged a secret."""
    log = log_of(deployment)
    assert "correlation_id" in log
    assert "not authorized" not in log
    assert not leaks(log, (*secrets_of(deployment), *MARKS))


@pytest.fixture(scope="session")
def chain(deployment: Deployment) -> Iterator[Chain]:
    """The deployment with a subscriber to all events."""
    receiver = Receiver()
    with serving(PhotoHandler) as photographs, serving(handler(receiver)) as url:
        chain = Chain(deployment, photographs, receiver)
        response = chain.request("POST", "/webhooks", json={"url": f"{url}/hook"})
        assert response.status_code == 201, response.text
        receiver.secret = response.json()["secret"]
        yield chain


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Deploy all three stacks with auth on, daily quotas, and a Rekognition that no test here calls."""
    settings = {"rekognition": "true", "daily_uploads": str(DAILY_UPLOADS), "daily_spend": "0.01"}
    with deployed(tmp_path_factory.mktemp("guarded"), free_port(), auth="cognito", context=settings) as deployment:
        yield deployment
        check_logs(deployment)


@pytest.fixture(scope="session")
def ann(guarded: Deployment) -> Iterator[Chain]:
    """The deployment with auth on, as the signed-in user Ann."""
    with serving(PhotoHandler) as photographs:
        yield Chain(guarded, photographs, Receiver(), user.token(guarded, "ann@example.com"))


@pytest.fixture(scope="session")
def bob(guarded: Deployment, ann: Chain) -> Chain:
    """The deployment with auth on, as another user, Bob."""
    return replace(ann, token=user.token(guarded, "bob@example.com"))


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
    """Upload a photograph with personal metadata in every way; return the id of one of the images."""
    return by_every_way(chain, marked(cat))


@pytest.fixture(scope="session", autouse=True)
def busy_id(deployment: Deployment, cat: bytes) -> str:
    """Upload an image for which Rekognition is throttled at first, and return its id.

    It is uploaded before all others because it waits for a minute; no other test counts its owner's images.
    """
    image_id, bucket = new_image_id(now()), deployment.endpoints.images_bucket
    key = image_key("busy", image_id, "busy.jpg", has_options=True)
    deployment.client("s3").put_object(Bucket=bucket, Key=key, Body=cat, Metadata={"detector": "rekognition"})
    return image_id


@pytest.fixture(scope="session", autouse=True)
def poison(deployment: Deployment) -> str:
    """Send a message that is no S3 event, and return its body; it becomes a dead letter after a minute."""
    body = "this is no S3 event"
    queue = deployment.endpoints.uploads_queue_url
    bucket = {"name": deployment.endpoints.images_bucket}
    neighbor = s3_event("nothing/here.jpg").replace('{"name": "images"}', json.dumps(bucket))
    entries = [{"Id": str(n), "MessageBody": message} for n, message in enumerate((body, neighbor))]
    deployment.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)
    return body
