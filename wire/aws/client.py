"""AWS clients that start in two thirds of the usual time: one session whose loader knows only the services in use.

The standard loader parses `endpoints.json` of 1.25 MB, which clients with endpoint rules never read, and walks the
directories of some 440 services twice. docs/decisions.md has the measurement.

`client` makes a new client: call it at the top of a module. `lazy` returns one client per service, made at its first
call: use it where few invocations need a client, such as `lazy("sqs").send_message(…)`.
"""

import json
from binascii import b2a_base64
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast, overload

import botocore

from wire.aws.session import session  # isort: skip (before the modules of botocore that it slims)

from botocore.client import BaseClient
from botocore.config import Config
from botocore.utils import conditionally_calculate_checksum

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_lambda.client import LambdaClient
    from types_boto3_rekognition.client import RekognitionClient
    from types_boto3_s3.client import S3Client
    from types_boto3_secretsmanager.client import SecretsManagerClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient

_NEWER_OPTIONS = {"request_checksum_calculation"} - Config.OPTION_DEFAULTS.keys()
"""Options of botocore 1.36 that an older botocore refuses: it reads a body twice to compute its MD5, unless that is
unregistered.

Functions run on the botocore of their runtime, which may be years older than the pinned one.
"""
_USER_AGENT = f"Sightline Botocore/{botocore.__version__}"
"""A fixed text: botocore composes its own for each request, which takes a sixth of the time of the request."""


class ClientFactory(Protocol):
    """A function that returns the client of one of the services in use, by its name; `config` is that of botocore."""

    @overload
    def __call__(self, service: Literal["dynamodb"], **config: object) -> "DynamoDBClient": ...
    @overload
    def __call__(self, service: Literal["lambda"], **config: object) -> "LambdaClient": ...
    @overload
    def __call__(self, service: Literal["rekognition"], **config: object) -> "RekognitionClient": ...
    @overload
    def __call__(self, service: Literal["s3"], **config: object) -> "S3Client": ...
    @overload
    def __call__(self, service: Literal["secretsmanager"], **config: object) -> "SecretsManagerClient": ...
    @overload
    def __call__(self, service: Literal["sns"], **config: object) -> "SNSClient": ...
    @overload
    def __call__(self, service: Literal["sqs"], **config: object) -> "SQSClient": ...
    @overload
    def __call__(self, service: str, **config: object) -> Any: ...


def _typed(factory: Callable[..., object]) -> ClientFactory:
    return cast(ClientFactory, factory)


@_typed
def client(service: str, **config: Any) -> BaseClient:
    """Make a client of a service with settings of `botocore.config.Config`; raises KeyError for an unknown service."""
    known = {name: value for name, value in config.items() if name not in _NEWER_OPTIONS}
    s3 = {"us_east_1_regional_endpoint": "regional"} | known.pop("s3", {})  # else botocore uses the region "aws-global"
    made = session().create_client(service, config=Config(s3=s3, user_agent=_USER_AGENT, **known))
    if _NEWER_OPTIONS & config.keys():
        checksum = cast(Callable[..., None], conditionally_calculate_checksum)
        made.meta.events.unregister("before-call.s3.PutObject", checksum)
    return made


lazy = _typed(cache(client))
"""Return the client of a service, which is made at the first call for that service."""


_ROWS = ("BatchExecuteStatement", "BatchWriteItem")
"""The operations of DynamoDB that are sent many rows of ours, and nothing that botocore would add."""


@_typed
def client_without_validation(service: str) -> object:
    """Make a client that does not validate parameters: for rows of ours, whose form the tests validate.

    A client of DynamoDB sends many rows as they are: to validate and copy each value takes longer than to send it.
    """
    unvalidated: Any = client(service, parameter_validation=False)
    for operation in _ROWS if service == "dynamodb" else ():
        unvalidated.meta.events.register(f"provide-client-params.dynamodb.{operation}", _set_aside)
        unvalidated.meta.events.register(f"before-call.dynamodb.{operation}", _restore)
    return unvalidated


def _set_aside(params: dict[str, object], context: dict[str, object], **_: object) -> dict[str, object]:
    """Give botocore the names of the tables alone; it resolves the endpoint by them."""
    context["given"] = params
    return {name: dict.fromkeys(value, ()) if isinstance(value, dict) else () for name, value in params.items()}


def _restore(params: dict[str, object], context: dict[str, object], **_: object) -> None:
    params["body"] = json.dumps(context.pop("given"), default=_base64).encode()


def _base64(value: bytes) -> str:
    """Return binary data as DynamoDB's protocol holds it."""
    return b2a_base64(value, newline=False).decode()
