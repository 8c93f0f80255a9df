"""Every line of docs/curl.md is run as it is written, with and without sign-in, and returns the status beside it."""

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from local.demo import user
from local.deployment import Deployment
from local.loopback import serving
from local.processes.environment import clean
from tests.pipeline.chain import Chain
from tests.pipeline.pages.page import blocks
from tests.stacks import route_keys

PAGE = "docs/curl.md"
STATUS = re.compile(r" # (\d{3})(?: with auth=cognito, else (\d{3}))?$", re.MULTILINE)
WRITE_OUT = "%{stderr}%{http_code} %{method} %{url_effective}\n"
WRAPPER = """#!/bin/sh
exec {curl} -s "$@" -w '{write_out}' 2>> "$CURL_LOG"
"""


class Call(NamedTuple):
    """One line of the page: the status that the page promises, and the status and route that curl reports."""

    line: str
    promised: int
    status: int
    route: str


class Receiver(BaseHTTPRequestHandler):
    """A server that receives webhooks."""

    def do_POST(self) -> None:
        """Accept the webhook."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def lines() -> list[str]:
    """Return the commands of the page, without the first block, which sets the deployment and the token."""
    return [line for block in blocks(PAGE, "sh")[1:] for line in block.splitlines()]


def route_of(method: str, url: str, base: str) -> str:
    """Return the key of the matching route; exact paths take precedence over parameters, as in API Gateway."""
    path = urlsplit(url.removeprefix(base)).path
    for key in sorted(route_keys(), key=lambda key: key.count("{")):
        verb, _, template = key.partition(" ")
        if verb == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return key
    return "$default"


def run(chain: Chain, hook: str, place: Path, *, signed_in: bool) -> list[Call]:
    """Run the page in an empty folder."""
    curl, log = place / "bin/curl", place / "curl.log"
    curl.parent.mkdir()
    curl.write_text(WRAPPER.format(curl=shutil.which("curl"), write_out=WRITE_OUT))
    curl.chmod(curl.stat().st_mode | stat.S_IEXEC)
    api = chain.deployment.endpoints.api
    token = f"Authorization: Bearer {chain.token or ''}"
    script = "\n".join(f"{'echo >> $CURL_LOG' if STATUS.search(line) else ':'}\n{line}" for line in lines())
    environment = clean(
        {"API": api, "AS": token, "PHOTO": f"{chain.photos}/cat.png", "HOOK": hook, "CURL_LOG": str(log)}
    )
    environment["PATH"] = os.pathsep.join((str(curl.parent), environment["PATH"]))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=place, env=environment, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    reports = [entry.strip().splitlines()[0].split() for entry in log.read_text().split("\n\n") if entry.strip()]
    marked = [line for line in lines() if STATUS.search(line)]
    return [
        Call(line, promised(line, signed_in=signed_in), int(status), route_of(method, url, api))
        for line, (status, method, url) in zip(marked, reports, strict=True)
    ]


def promised(line: str, *, signed_in: bool) -> int:
    found = STATUS.search(line)
    assert found
    return int(found[1] if signed_in or not found[2] else found[2])


@pytest.fixture(scope="module")
def hook() -> Iterator[str]:
    with serving(Receiver) as url:
        yield f"{url}/hook"


def test_every_line_returns_its_status_without_sign_in(chain: Chain, hook: str, tmp_path: Path) -> None:
    calls = run(chain, hook, tmp_path, signed_in=False)
    assert [(call.line, call.status) for call in calls] == [(call.line, call.promised) for call in calls]
    assert {call.route for call in calls} == route_keys()


def test_every_line_returns_its_status_to_a_signed_in_user(
    guarded: Deployment, ann: Chain, hook: str, tmp_path: Path
) -> None:
    curious = Chain(guarded, ann.photos, ann.receiver, user.token(guarded, "curious@example.com"))
    calls = run(curious, hook, tmp_path, signed_in=True)
    assert [(call.line, call.status) for call in calls] == [(call.line, call.promised) for call in calls]
