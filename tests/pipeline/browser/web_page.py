"""A page in a real browser: Chromium of this machine, with a page of another origin than the API and the buckets."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from playwright import sync_api

from local.endpoints import API_ID
from local.loopback import serving
from tests.pipeline.chain import Chain

_NAMES = ("chromium", "google-chrome", "google-chrome-stable")
_HELPERS = """
const read = async (response) => ({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
});
"""


class PageHandler(BaseHTTPRequestHandler):
    """Serves one empty page."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>A page of another origin</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page, the base URL by which it calls the API, and the token of its user."""

    page: sync_api.Page
    api: str
    token: str | None

    def run(self, script: str, **given: object) -> Any:
        """Run the body of an async function in the page, with `api`, `headers` and `given`; return its result.

        `read(response)` returns a response's status, the headers that a script may see, and the text.
        """
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        arguments = {"api": self.api, "headers": headers} | given
        function = f"async ({{{', '.join(arguments)}}}) => {{{_HELPERS}{script}}}"
        return self.page.evaluate(function, arguments)


@contextmanager
def opened(chain: Chain) -> Iterator[WebPage]:
    """Open a page in Chromium; skip the test where there is none.

    The page has a host of its own, and calls the API at another host than that of the buckets, as in an account.
    """
    with serving(PageHandler) as url, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(url.replace("127.0.0.1", "page.localhost"))
        api = f"http://{API_ID}.execute-api.localhost:{chain.deployment.port}"
        yield WebPage(page, api, chain.token)
        browser.close()


def _chromium() -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or pytest.skip("There is no Chromium on this machine; on Debian: apt-get install chromium")
