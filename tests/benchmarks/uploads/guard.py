"""A photo of 12 MB fetched with the guard ÷ without: http.client with a timeout, in pieces of the same size.

Both run in turns in one process, against a server in another, and discard the pieces: a bucket would hide the guard's
cost. TLS costs both alike and is omitted.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.benchmarks.figure import Figure
from tests.loopback_server import response, serving
from wire.outbound.fetch import fetch
from wire.outbound.policy import Policy
from wire.outbound.target import check_url

SIZE = 12_000_000
PIECE = 1024 * 1024
ROUNDS = 150
POLICY = Policy(loopback=True)

Times = dict[str, list[tuple[float, float]]]


def figures() -> list[Figure]:
    """Return the time without ÷ the time with the guard, by wall and processor time: 1 means a free guard."""
    with serving({"/photo.jpg": response(b"\xff\xd8\xff" + bytes(SIZE - 3))}) as server:
        command = [sys.executable, "-m", "tests.benchmarks.uploads.guard", f"{server.url}/photo.jpg"]
        output = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ).stdout
    times: Times = json.loads(output)
    (wall, cpu), (bare_wall, bare_cpu) = (
        [statistics.median(values) for values in zip(*times[kind], strict=True)] for kind in ("guarded", "bare")
    )
    return [
        Figure("fetch of 12 MB: pictures per second with the guard ÷ without", bare_wall / wall, at_least=0.95),
        Figure("fetch of 12 MB: the same per second of processor time", bare_cpu / cpu),
        Figure("processor time of the guard for a picture of 12 MB", (cpu - bare_cpu) * 1000, unit="ms"),
    ]


def guarded(url: str) -> int:
    """Fetch as the upload function does, from the URL's text to the last byte; return the length."""
    with fetch(check_url(url), POLICY) as download:
        return sum(map(len, iter(lambda: download.body.read(PIECE), b"")))


def bare(url: str) -> int:
    """Fetch without any check; return the length."""
    parts = urlsplit(url)
    link = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    link.request("GET", parts.path)
    response = link.getresponse()
    length = sum(map(len, iter(lambda: response.read(PIECE), b"")))
    link.close()
    return length


def _timed(transfer: Callable[[str], int], url: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    assert transfer(url) == SIZE
    return time.perf_counter() - wall, time.process_time() - cpu


def _times(url: str) -> Times:
    """In the child, run each once without counting, then both in turns, each first in turn."""
    kinds = {"guarded": guarded, "bare": bare}
    for transfer in kinds.values():
        transfer(url)
    taken: Times = {kind: [] for kind in kinds}
    for turn in range(ROUNDS):
        for kind in sorted(kinds, reverse=bool(turn % 2)):
            taken[kind].append(_timed(kinds[kind], url))
    return taken


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_times(sys.argv[1])))
    else:
        print(*figures(), sep="\n")
