from typing import TYPE_CHECKING

import pytest
import requests

from local.loopback import serving
from local.rekognition.__main__ import handler
from local.rekognition.call_limit import CallLimit
from local.rekognition.protocol import RekognitionError
from local.rekognition.stand_in import StandIn
from tests.local.rekognition.conftest import client

if TYPE_CHECKING:
    from types_boto3_rekognition.client import RekognitionClient
    from types_boto3_s3.client import S3Client


def codes(limit: CallLimit, calls: int) -> list[str]:
    """Return the code of each of so many calls, empty for an admitted one."""
    found = []
    for _ in range(calls):
        try:
            limit.admit()
        except RekognitionError as error:
            found.append(error.code)
        else:
            found.append("")
    return found


def test_calls_beyond_the_limit_are_throttled_until_the_next_second() -> None:
    seconds = [10.0]
    limit = CallLimit(2, lambda: seconds[0])
    slow, fast = "ThrottlingException", "ProvisionedThroughputExceededException"
    assert codes(limit, 6) == ["", "", slow, slow, fast, fast]
    seconds[0] = 11.0
    assert codes(limit, 3) == ["", "", slow]
    assert (limit.called, limit.throttled) == (4, 5)


def test_without_a_limit_every_call_is_admitted_and_counted() -> None:
    limit = CallLimit(None)
    assert codes(limit, 100) == [""] * 100
    assert (limit.called, limit.throttled) == (100, 0)


def test_the_limit_is_set_and_the_counts_are_read_over_http(url: str, rekognition: "RekognitionClient") -> None:
    assert requests.get(url, timeout=60).json() == {
        "service": "sightline-stand-in", "calls": 0, "throttled": 0, "calls_per_second": None,
    }  # fmt: skip
    assert requests.put(f"{url}/limit", data="1", timeout=60).json()["calls_per_second"] == 1
    image = {"S3Object": {"Bucket": "images", "Name": "cat 1.jpg"}}
    rekognition.detect_labels(Image=image)  # type: ignore[arg-type]
    assert requests.get(url, timeout=60).json()["calls"] == 1
    assert requests.put(f"{url}/limit", timeout=60).json()["calls_per_second"] is None


def test_a_client_sees_the_codes_of_amazon(s3: "S3Client", monkeypatch: pytest.MonkeyPatch) -> None:
    image = {"S3Object": {"Bucket": "images", "Name": "cat 1.jpg"}}
    with serving(handler(StandIn(s3, CallLimit(1, lambda: 10.0)))) as url:
        rekognition = client(url, monkeypatch)
        rekognition.detect_labels(Image=image)  # type: ignore[arg-type]
        with pytest.raises(rekognition.exceptions.ThrottlingException):
            rekognition.detect_labels(Image=image)  # type: ignore[arg-type]
        with pytest.raises(rekognition.exceptions.ProvisionedThroughputExceededException):
            rekognition.detect_labels(Image=image)  # type: ignore[arg-type]
