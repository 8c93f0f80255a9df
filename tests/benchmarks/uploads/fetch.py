"""A picture streamed from a server to S3, compared with reading all of it and then putting it.

Both sides run in processes of their own, with the same client settings, against the same loopback server and the same
emulator, and take turns; a small picture goes first, so that no imports count. The limit of a
picture's size is lifted.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from api.ingest.runtime.image_bucket import CLIENT_SETTINGS, Images, NewImage
from local.emulator import account
from local.emulator import process as emulator
from tests.benchmarks.figure import Figure
from tests.loopback_server import response, serving
from tests.ports import free_port
from wire.aws.client import client
from wire.outbound.fetch import fetch
from wire.outbound.policy import Policy
from wire.outbound.target import Target, check_url

BUCKET = "images"
SIZES = {"5 MB": 5_000_000, "50 MB": 50_000_000}
ROUNDS = 5
REPEATS = 3
NEW_IMAGE = NewImage("img_00", "images/00/public/img_00/picture.jpg", {})

Measures = dict[str, list[float]]


def figures() -> list[Figure]:
    """Return wall time, processor time and memory at both sizes."""
    responses = {f"/{size}": response(b"\xff\xd8\xff" + bytes(size - 3)) for size in (1000, *SIZES.values())}
    with tempfile.TemporaryDirectory() as directory, serving(dict(responses)) as server:
        port = free_port()
        emulator.start(Path(directory), port)
        try:
            account.client("s3", port).create_bucket(Bucket=BUCKET)
            return [figure for name, size in SIZES.items() for figure in _compared(name, size, server.url, port)]
        finally:
            emulator.end(Path(directory))


def _compared(name: str, size: int, url: str, port: int) -> list[Figure]:
    taken: dict[str, Measures] = {kind: {"wall": [], "cpu": [], "memory": []} for kind in TRANSFERS}
    for _ in range(ROUNDS):
        for kind, measures in taken.items():
            for what, values in _measured(kind, url, size, port).items():
                measures[what] += values
    ours, whole = (
        {what: statistics.median(times) for what, times in taken[kind].items()} for kind in ("streamed", "whole")
    )
    return [
        Figure(f"fetch of {name}: wall time ÷ reading all, then put_object", ours["wall"] / whole["wall"], at_most=1.0),
        Figure(
            f"fetch of {name}: processor time ÷ reading all, then put_object", ours["cpu"] / whole["cpu"], at_most=0.85
        ),
        Figure(f"fetch of {name}: growth of memory", ours["memory"], at_most=8, unit="MiB"),
        Figure(f"reading all of {name}: growth of memory", whole["memory"], unit="MiB"),
    ]


def _measured(kind: str, url: str, size: int, port: int) -> Measures:
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": account.ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": account.ROOT_KEY,
        "AWS_DEFAULT_REGION": account.REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": account.url(port),
    }
    command = [
        sys.executable,
        "-m",
        __name__ if __name__ != "__main__" else "tests.benchmarks.uploads.fetch",
        kind,
        url,
        str(size),
    ]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    measures: Measures = json.loads(output)
    return measures


def _streamed(s3: Any, target: Target) -> None:
    with fetch(target, Policy(loopback=True), largest=10**9) as download:
        Images(s3, BUCKET).add_download(NEW_IMAGE, download)


def _whole(s3: Any, target: Target) -> None:
    link = HTTPConnection(target.host, target.port)
    link.request("GET", target.path)
    body = link.getresponse().read()
    link.close()
    s3.put_object(Bucket=BUCKET, Key=NEW_IMAGE.key, Body=body, ContentType="image/jpeg")


TRANSFERS: dict[str, Callable[[Any, Target], None]] = {"streamed": _streamed, "whole": _whole}


def _transfer(kind: str, url: str, size: int) -> Measures:
    """In the child, make one small transfer and then the measured ones; memory is the peak above that before them."""
    s3 = client("s3", **CLIENT_SETTINGS)
    TRANSFERS[kind](s3, check_url(f"{url}/1000"))
    measures: Measures = {"wall": [], "cpu": [], "memory": []}
    # Reset the peak: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
    Path("/proc/self/clear_refs").write_text("5")
    before = _highest()
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        TRANSFERS[kind](s3, check_url(f"{url}/{size}"))
        measures["wall"].append(time.perf_counter() - wall)
        measures["cpu"].append(time.process_time() - cpu)
    measures["memory"].append(_highest() - before)
    return measures


def _highest() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_transfer(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    else:
        print(*figures(), sep="\n")
