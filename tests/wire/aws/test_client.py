"""The lean clients send what the stock ones would send."""

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
    """Stops a request at the door, its URL and signing scope in hand."""


def sent(client: Any, service: str) -> tuple[str, str]:
    """The URL a client asks and the credential scope it signs for."""
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
    """Both kinds of session in one region."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", request.param)
    aws._session.cache_clear()
    yield Session
    aws._session.cache_clear()


@pytest.mark.parametrize("service", CALLS)
def test_a_lean_client_sends_what_the_stock_one_sends(in_region: Callable[[], Session], service: str) -> None:
    regional = Config(s3={"us_east_1_regional_endpoint": "regional"})
    stock = in_region().create_client(service, config=regional)
    assert sent(aws.client(service), service) == sent(stock, service)


def test_every_service_a_function_may_ask_is_tried_here() -> None:
    assert set(CALLS) == set(aws._API_VERSIONS)
