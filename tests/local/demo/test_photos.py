import pytest
import requests

from local import loopback
from local.demo import photos


@pytest.mark.parametrize("name", photos.PHOTOS)
def test_the_photographs_are_served(name: str) -> None:
    with loopback.serving(photos.PhotoHandler) as url:
        response = requests.get(f"{url}/{name}.png", timeout=5)
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")


def test_nothing_else_is_served() -> None:
    with loopback.serving(photos.PhotoHandler) as url:
        assert requests.get(f"{url}/../pyproject.toml", timeout=5).status_code == 404
