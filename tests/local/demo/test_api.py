import pytest

from local import loopback
from local.demo.api import Api, DemoError
from local.demo.receiver import Receiver, handler


def test_a_failed_call_is_an_error_with_the_status() -> None:
    with (
        loopback.serving(handler(Receiver())) as url,
        pytest.raises(DemoError, match="POST /images failed with status 401"),
    ):
        Api(url, token=None).call("POST", "/images", {})


def test_a_missing_response_is_an_error() -> None:
    with loopback.serving(handler(Receiver())) as url:
        gone = url
    with pytest.raises(DemoError, match="GET /images got no response"):
        Api(gone, token=None).call("GET", "/images")
