"""The lean clients send the same requests as the stock clients."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session

from wire.aws import client as aws
from wire.aws.session import API_VERSIONS, session

QUEUE = "https://queue.example/1/q"
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "table", "Key": {"k": {"S": "v"}}}),
    "lambda": ("invoke", {"FunctionName": "f", "Payload": b"{}"}),
    "rekognition": ("detect_labels", {"Image": {"Bytes": b"x"}}),
    "s3": ("list_objects_v2", {"Bucket": "my-bucket", "Prefix": "a b+č"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "secret"}),
    "sns": ("publish_batch", {"TopicArn": "t", "PublishBatchRequestEntries": [{"Id": "1", "Message": "m"}]}),
    "sqs": ("send_message", {"QueueUrl": QUEUE, "MessageBody": "m"}),
}
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "of us-east-1": {"AWS_DEFAULT_REGION": "us-east-1"},
    "of eu-central-1": {"AWS_DEFAULT_REGION": "eu-central-1"},
    "of cn-north-1": {"AWS_DEFAULT_REGION": "cn-north-1"},
    "of us-gov-west-1": {"AWS_DEFAULT_REGION": "us-gov-west-1"},
    "with FIPS": {"AWS_USE_FIPS_ENDPOINT": "true"},
    "with FIPS in GovCloud": {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_DEFAULT_REGION": "us-gov-west-1"},
    "with dual stack": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "with an endpoint": {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
    "with an endpoint of S3": {"AWS_ENDPOINT_URL_S3": "https://s3.example"},
    "with ignored endpoints": {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    },
    "with a session": {"AWS_SESSION_TOKEN": "token"},
    "with standard retries": {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "4"},
    "with adaptive retries": {"AWS_RETRY_MODE": "adaptive"},
}


class SentError(Exception):
    """Stops a request before it is sent; its arguments are its parts."""


def sent(client: Any, service: str) -> tuple[object, ...]:
    """Return method, URL, body, and the scope and the signed headers of a client's request."""
    operation, given = CALLS[service]

    def stop(request: Any, **more: Any) -> None:
        scope, headers, _ = request.headers["Authorization"].decode().split(", ")
        raise SentError(request.method, request.url, request.body, scope, headers)

    client.meta.events.register("before-send", stop)
    with pytest.raises(SentError) as caught:
        getattr(client, operation)(**given)
    return caught.value.args


def configuration(client: Any) -> dict[str, object]:
    """Return what a client was configured with."""
    options = ("retries", "connect_timeout", "read_timeout", "signature_version", "max_pool_connections")
    of_client = {name: getattr(client.meta, name) for name in ("region_name", "partition", "endpoint_url")}
    return of_client | {name: getattr(client.meta.config, name) for name in options}


@pytest.fixture(params=ENVIRONMENTS.values(), ids=list(ENVIRONMENTS))
def environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One of the environments, in which the lean session is new."""
    for name, value in request.param.items():
        monkeypatch.setenv(name, value)
    session.cache_clear()
    yield
    session.cache_clear()


def test_lean_clients_have_the_configuration_and_requests_of_stock_clients(environment: None) -> None:
    usual = Session()
    for service in CALLS:
        stock = usual.create_client(service, config=Config(s3={"us_east_1_regional_endpoint": "regional"}))
        lean = aws.client(service)
        assert configuration(lean) == configuration(stock)
        assert sent(lean, service) == sent(stock, service)


def test_every_service_in_use_is_tested_here() -> None:
    assert set(CALLS) == set(API_VERSIONS)
