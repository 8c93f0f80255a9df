from pathlib import Path

import requests

from local import loopback
from local.processes import detached


def test_a_detached_server_is_adopted_while_it_is_alive(tmp_path: Path) -> None:
    url = loopback.adopt_or_start(tmp_path, "local.demo.photos")
    try:
        assert requests.get(f"{url}/cat.png", timeout=30).ok
        assert loopback.adopt_or_start(tmp_path, "local.demo.photos") == url
    finally:
        assert detached.end(tmp_path, "photos")
