import io
from collections.abc import Iterator

import pytest
from PIL import Image

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
