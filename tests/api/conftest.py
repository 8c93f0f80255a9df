import importlib
import io
from collections.abc import Iterator
from types import ModuleType

import pytest
from PIL import Image

from tests.api.caller import Caller
from tests.bucket_server import BucketServer, bucket_server
from tests.loopback_server import LoopbackServer, serving


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.effect_noise((160, 120), 64).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """A server whose answers each test sets."""
    with serving({}) as running:
        yield running


@pytest.fixture(scope="module")
def bucket() -> Iterator[BucketServer]:
    """Where the pictures go."""
    with bucket_server() as running:
        yield running


@pytest.fixture(scope="module")
def wired(bucket: BucketServer) -> Iterator[ModuleType]:
    """The handler's module, wired as `make run` wires it."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": bucket.url,
            "IMAGES_BUCKET": "images",
            "DETECTORS": "edge",
            "PUBLIC_URL": "https://api.example",
            "LOOPBACK": "true",
        }.items():
            environment.setenv(name, value)
        import api.runtime.upload

        yield importlib.reload(api.runtime.upload)


@pytest.fixture
def caller(wired: ModuleType, bucket: BucketServer, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Somebody with a URL."""
    return Caller(wired, bucket, monkeypatch)
