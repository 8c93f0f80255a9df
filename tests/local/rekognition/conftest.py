"""The stand-in for Rekognition, called by a client of AWS, with an S3 in memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from local.emulator import account
from local.loopback import serving
from local.rekognition.__main__ import handler
from local.rekognition.call_limit import CallLimit
from local.rekognition.stand_in import StandIn
from tests.photographs import photograph

if TYPE_CHECKING:
    from types_boto3_rekognition.client import RekognitionClient
    from types_boto3_s3.client import S3Client


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        s3: S3Client = boto3.client("s3", region_name=account.REGION)
        s3.create_bucket(Bucket="images")
        s3.put_object(Bucket="images", Key="cat 1.jpg", Body=photograph("cat"))
        yield s3


@pytest.fixture
def url(s3: "S3Client") -> Iterator[str]:
    with serving(handler(StandIn(s3, CallLimit(None)))) as url:
        yield url


@pytest.fixture
def rekognition(url: str, monkeypatch: pytest.MonkeyPatch) -> "RekognitionClient":
    return client(url, monkeypatch)


def client(url: str, monkeypatch: pytest.MonkeyPatch) -> "RekognitionClient":
    """Return a client that tries each call once; moto passes its requests on."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    client: RekognitionClient = boto3.client("rekognition", endpoint_url=url, region_name=account.REGION)
    return client
