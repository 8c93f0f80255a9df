import importlib
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.api.ingest.caller import Caller
from tests.bucket_server import BucketServer, bucket_server
from tests.clock import outbound_clock
from tests.loopback_server import LoopbackServer


@pytest.fixture(scope="module")
def bucket() -> Iterator[BucketServer]:
    """The bucket of the pictures."""
    with bucket_server() as running:
        yield running


@pytest.fixture(scope="module")
def wired(bucket: BucketServer) -> Iterator[ModuleType]:
    """The handler's module with the environment of `make run`."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": bucket.url,
            "IMAGES_BUCKET": "images",
            "DETECTORS": "edge",
            "PUBLIC_URL": "https://api.example",
            "LOOPBACK": "true",
        }.items():
            environment.setenv(name, value)
        import api.ingest.runtime.handler

        yield importlib.reload(api.ingest.runtime.handler)


@pytest.fixture
def caller(wired: ModuleType, bucket: BucketServer, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A caller; its clock advances only while a server waits."""
    clock = outbound_clock(monkeypatch)
    server.wait = clock.advance
    return Caller(wired, bucket, clock, monkeypatch)
