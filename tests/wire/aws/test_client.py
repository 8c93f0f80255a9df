"""The lean clients send the same requests as the stock clients."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session

from wire.aws import client as aws

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("list_tables", {}),
    "lambda": ("list_functions", {}),
    "rekognition": ("list_collections", {}),
    "s3": ("list_objects_v2", {"Bucket": "my-bucket", "Prefix": "a b+č"}),
    "secretsmanager": ("list_secrets", {}),
    "sns": ("list_topics", {}),
    "sqs": ("list_queues", {}),
}


class SentError(Exception):
    """Stops a request before it is sent; its arguments are the URL and the signing scope."""


def sent(client: Any, service: str) -> tuple[str, str]:
    """Return the URL of a client's request and the credential scope of its signature."""
    operation, given = CALLS[service]

    def stop(request: Any, **more: Any) -> None:
        raise SentError(request.url, request.headers["Authorization"].decode().split(",")[0])

    client.meta.events.register("before-send", stop)
    with pytest.raises(SentError) as caught:
        getattr(client, operation)(**given)
    url, scope = caught.value.args
    return url, scope


@pytest.fixture(params=["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
def in_region(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Session]]:
    """The stock session, in one region; the lean session is new and in the same region."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", request.param)
    aws._session.cache_clear()
    yield Session
    aws._session.cache_clear()


@pytest.mark.parametrize("service", CALLS)
def test_a_lean_client_sends_the_same_request_as_the_stock_client(
    in_region: Callable[[], Session], service: str
) -> None:
    regional = Config(s3={"us_east_1_regional_endpoint": "regional"})
    stock = in_region().create_client(service, config=regional)
    assert sent(aws.client(service), service) == sent(stock, service)


def test_every_service_in_use_is_tested_here() -> None:
    assert set(CALLS) == set(aws._API_VERSIONS)
