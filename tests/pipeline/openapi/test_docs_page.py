"""GET /docs in a browser, where one is installed: the page works under its own content security policy."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.pipeline.chain import Chain

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


@pytest.mark.skipif(not BROWSER, reason="no Chromium on this machine")
def test_the_page_shows_every_route_and_event(chain: Chain, tmp_path: Path) -> None:
    base = chain.deployment.endpoints.api
    described = requests.get(f"{base}/openapi.json", timeout=60).json()
    shown = subprocess.run(
        [
            BROWSER,
            *("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--enable-logging=stderr"),
            *("--virtual-time-budget=30000", "--dump-dom", f"{base}/docs"),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "CONSOLE" not in shown.stderr, shown.stderr
    assert set(re.findall(r'data-path="([^"]+)"', shown.stdout)) == {*described["paths"], *described["webhooks"]}
