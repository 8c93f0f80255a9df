"""The lean clients send the same requests as the stock clients."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
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


def sent(client: Any, service: str, operation: str = "", given: Mapping[str, Any] | None = None) -> tuple[object, ...]:
    """Return method, URL, body, and the scope and the signed headers of a client's request."""
    operation, given = (operation, given) if given else CALLS[service]

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


ROW: dict[str, Any] = {
    "k": {"S": "ü"},
    "n": {"N": "1.5"},
    "b": {"B": b"\0\xff"},
    "l": {"L": [{"M": {"a": {"BOOL": True}}}]},
}
BATCHES: dict[str, dict[str, Any]] = {
    "batch_write_item": {
        "RequestItems": {"table": [{"PutRequest": {"Item": ROW}}], "other": [{"DeleteRequest": {"Key": ROW}}]}
    },
    "batch_execute_statement": {"Statements": [{"Statement": "INSERT …", "Parameters": [*ROW.values()]}]},
}


@pytest.mark.parametrize("operation", BATCHES)
def test_rows_that_are_not_validated_are_sent_as_validated_ones(operation: str) -> None:
    def body(client: Any) -> object:
        _, url, sent_body, _, headers = sent(client, "dynamodb", operation, BATCHES[operation])
        assert isinstance(sent_body, bytes)
        return url, json.loads(sent_body), headers

    assert body(aws.client_without_validation("dynamodb")) == body(Session().create_client("dynamodb"))


def test_the_tests_validate_rows_that_the_client_does_not() -> None:
    invalid: Any = {"table": [{"PutRequest": {"Item": {"k": {"S": 1}}}}]}
    with pytest.raises(ParamValidationError):
        aws.client_without_validation("dynamodb").batch_write_item(RequestItems=invalid)


def test_every_service_in_use_is_tested_here() -> None:
    assert set(CALLS) == set(API_VERSIONS)
