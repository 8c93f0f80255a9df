"""Figure (a): a 12 MB photo fetched with the guard ÷ without: http.client with a timeout, in pieces of the same size.

Both in one process that takes turns, against a server in another, and the pieces go nowhere: a bucket would hide what
the guard costs. TLS costs both alike and is left out.
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
    """Time without ÷ time with, by the clock and in the processor time of the fetching side: 1 is a guard for free."""
    with serving({"/photo.jpg": response(b"\xff\xd8\xff" + bytes(SIZE - 3))}) as server:
        command = [sys.executable, "-m", "tests.benchmarks.uploads.guard", f"{server.url}/photo.jpg"]
        said = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ).stdout
    times: Times = json.loads(said)
    (wall, cpu), (bare_wall, bare_cpu) = (
        [statistics.median(values) for values in zip(*times[kind], strict=True)] for kind in ("guarded", "bare")
    )
    return [
        Figure("fetch of 12 MB, guard on ÷ guard off, in pictures per second", bare_wall / wall, at_least=0.95),
        Figure("the same by the processor time of the fetching side", bare_cpu / cpu),
        Figure("what the guard costs a picture of 12 MB", (cpu - bare_cpu) * 1000, unit="ms"),
    ]


def guarded(url: str) -> int:
    """As the upload function fetches, from the URL's text to the last byte."""
    with fetch(check_url(url), POLICY) as download:
        return sum(map(len, iter(lambda: download.body.read(PIECE), b"")))


def bare(url: str) -> int:
    """Whatever the server says, from wherever the URL leads."""
    parts = urlsplit(url)
    link = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    link.request("GET", parts.path)
    answer = link.getresponse()
    length = sum(map(len, iter(lambda: answer.read(PIECE), b"")))
    link.close()
    return length


def _timed(transfer: Callable[[str], int], url: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    assert transfer(url) == SIZE
    return time.perf_counter() - wall, time.process_time() - cpu


def _times(url: str) -> Times:
    """The child: each once uncounted, then in turns, now one and now the other first."""
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
