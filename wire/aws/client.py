"""AWS clients that start in two thirds of the time: one session whose loader knows the services in use.

The stock loader parses a 1.25 MB endpoints.json, which clients with endpoint rules never ask, and walks the
directories of some 440 services twice. Measured in docs/decisions.md.
"""

import json
from functools import cache
from typing import Any

import botocore
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

_API_VERSIONS = {
    "dynamodb": "2012-08-10",
    "lambda": "2015-03-31",
    "rekognition": "2016-06-27",
    "s3": "2006-03-01",
    "secretsmanager": "2017-10-17",
    "sns": "2010-03-31",
    "sqs": "2012-11-05",
}
_USER_AGENT = f"Sightline Botocore/{botocore.__version__}"
"""The stock one is put together anew for each request, which takes a sixth of the time that it does."""


def _partition(name: str, suffix: str, regions: str) -> dict[str, Any]:
    return {
        "partition": name,
        "dnsSuffix": suffix,
        "regionRegex": regions,
        "defaults": {"hostname": "{service}.{region}.{dnsSuffix}", "protocols": ["https"], "signatureVersions": ["v4"]},
        "services": {"s3": {"defaults": {"signatureVersions": ["s3v4"]}, "endpoints": {}}},
        "regions": {},
    }


_PARTITIONS = [_partition("aws", "amazonaws.com", "(?!cn-).+"), _partition("aws-cn", "amazonaws.com.cn", "cn-.+")]


class _LeanLoader(Loader):
    def list_available_services(self, type_name: str) -> list[str]:
        return list(_API_VERSIONS)

    def list_api_versions(self, service_name: str, type_name: str) -> list[str]:
        return [_API_VERSIONS[service_name]]

    def determine_latest_version(self, service_name: str, type_name: str) -> str:
        return _API_VERSIONS[service_name]

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        if name == "endpoints":
            return {"version": 3, "partitions": _PARTITIONS}, ""
        data: tuple[Any, str] = super().load_data_with_path(name)
        return data


@cache
def _session() -> Session:
    session = Session()
    session.register_component("data_loader", _LeanLoader())
    return session


def client(service: str, **config: Any) -> Any:
    """A client of `service` (one of those this project uses), with `botocore.config.Config` settings."""
    s3 = {"us_east_1_regional_endpoint": "regional"} | config.pop("s3", {})  # else it asks for the region "aws-global"
    return _session().create_client(service, config=Config(s3=s3, user_agent=_USER_AGENT, **config))


def client_without_validation(service: str) -> Any:
    """A client that does not look at what it is given: for DynamoDB's batches of rows, which are made here as it sends
    them, to look at each value and copy it takes longer than to send them."""
    made = client(service, parameter_validation=False)
    if service == "dynamodb":
        made.meta.events.register("provide-client-params.dynamodb.BatchWriteItem", _put_aside)
        made.meta.events.register("before-call.dynamodb.BatchWriteItem", _put_back)
    return made


def _put_aside(params: dict[str, Any], context: dict[str, Any], **_: Any) -> dict[str, Any]:
    context["given"] = params
    return {"RequestItems": dict.fromkeys(params["RequestItems"], ())}


def _put_back(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = json.dumps(context.pop("given")).encode()
