"""Bytes to scores: the edge function and LitServe and BentoML servers of the same model, on the same photos.

The edge function runs under the real Lambda runtime client, with as many images per invocation as fit into Lambda's
6 MB; the servers respond to multipart posts from four keep-alive connections, as their guides show. The unit is images
per second of processor time of all of a server's processes, so that neighbors matter little; the caller's is excluded.
"""

import base64
import io
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import local
from typing import NamedTuple

from tests.benchmarks.edge.photos import SIZES, photo
from tests.benchmarks.edge.process_tree import processor_seconds, running
from tests.benchmarks.figure import Figure
from tests.edge_ml.container import dockerfile
from tests.edge_ml.container.runtime_api import RuntimeAPI
from tests.ports import free_port

ROOT = Path(__file__).parents[3]
RIVALS = Path(__file__).parent / "rivals"
MODEL = ROOT / "edge_ml/models/animals/model.onnx"
MANIFEST = MODEL.with_name("model.json")
IMAGES = {"12 MP": 24, "2 MP": 80, "0.3 MP": 160}
ROUNDS = 3
MOST_BYTES = 4_500_000
CONNECTIONS = 4
PATIENCE = 60.0

Send = Callable[[bytes, int], None]
"""Sends an image to a server a number of times."""


class Server(NamedTuple):
    """A running server: the id of its root process, and the function that sends images to it."""

    root: int
    send: Send


def figures() -> list[Figure]:
    """Return ours ÷ each rival at three sizes; the servers take turns, so that a slow spell affects all alike."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(make()) for name, make in SERVERS.items()}
        return [figure for size in SIZES for figure in _compared(size, photo(*SIZES[size]), servers)]


def _compared(size: str, data: bytes, servers: dict[str, Server]) -> Iterator[Figure]:
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            rates[name].append(_rate(server, data, IMAGES[size]))
    best = {name: statistics.median(measured) for name, measured in rates.items()}
    ours = best.pop("edge_ml")
    yield Figure(f"{size}: edge_ml, images per processor second", ours, unit="img/s")
    for name, theirs in best.items():
        yield Figure(f"{size}: edge_ml ÷ a {name} server of the same model", ours / theirs, at_least=1.5)


def _rate(server: Server, data: bytes, images: int) -> float:
    begun = processor_seconds(server.root)
    server.send(data, images)
    return images / max(processor_seconds(server.root) - begun, 0.01)


@contextmanager
def edge_function() -> Iterator[Server]:
    """Run the container's content in a venv of its packages, with events from the Lambda runtime API."""
    with tempfile.TemporaryDirectory() as folder, RuntimeAPI(timeout=PATIENCE) as api:
        dockerfile.stage(Path(folder))
        command = [str(dockerfile.venv(ROOT / "edge_ml/requirements.txt")), "-m", "awslambdaric", dockerfile.handler()]
        with running(command, Path(folder), AWS_LAMBDA_RUNTIME_API=api.address, AWS_REGION="us-east-1") as root:
            yield Server(root, partial(_invoke, api))


@contextmanager
def litserve() -> Iterator[Server]:
    """Run LitServe with one worker."""
    python, port = str(dockerfile.venv(RIVALS / "litserve.txt")), free_port()
    command = [python, str(RIVALS / "litserve_server.py"), str(MODEL), str(MANIFEST), str(port)]
    with tempfile.TemporaryDirectory() as folder, running(command, Path(folder)) as root:
        yield Server(root, _client(port, "request"))


@contextmanager
def bentoml() -> Iterator[Server]:
    """Run BentoML with one worker."""
    python, port = str(dockerfile.venv(RIVALS / "bentoml.txt")), free_port()
    command = [python, "-m", "bentoml", "serve", "bentoml_server:Classify", "--host", "127.0.0.1", "--port", str(port),
               "--working-dir", str(RIVALS)]  # fmt: skip
    environment = {"MODEL": str(MODEL), "MANIFEST": str(MANIFEST), "BENTOML_DO_NOT_TRACK": "True"}
    with tempfile.TemporaryDirectory() as folder, running(command, Path(folder), **environment) as root:
        yield Server(root, _client(port, "image"))


SERVERS = {"edge_ml": edge_function, "LitServe": litserve, "BentoML": bentoml}


def _invoke(api: RuntimeAPI, data: bytes, images: int) -> None:
    inline, left = {"bytes": base64.b64encode(data).decode()}, images
    while left:
        batch = min(max(MOST_BYTES // len(data), 1), left)
        _, response = api.invoke({"images": [inline] * batch})
        assert all("detections" in result for result in response["results"]), response
        left -= batch


def _client(port: int, field: str) -> Send:
    """Return a function that sends images to the server, once it responds."""
    small, ends = photo(64, 64), time.monotonic() + PATIENCE
    send = partial(_post, port, field)
    while True:
        try:
            send(small, 1)
            return send
        except (OSError, HTTPException):
            if time.monotonic() > ends:
                raise
            time.sleep(0.5)


def _post(port: int, field: str, data: bytes, images: int) -> None:
    boundary, kept, body = uuid.uuid4().hex, local(), io.BytesIO()
    body.write(f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="photo.jpg"\r\n'.encode())
    body.write(b"Content-Type: image/jpeg\r\n\r\n" + data + f"\r\n--{boundary}--\r\n".encode())
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}

    def once(_: int) -> None:
        kept.connection = getattr(kept, "connection", None) or HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        kept.connection.request("POST", "/predict", body.getvalue(), headers)
        response = kept.connection.getresponse()
        content = response.read()
        assert response.status == 200, content

    with ThreadPoolExecutor(min(CONNECTIONS, images)) as pool:
        list(pool.map(once, range(images)))


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    print(*figures(), sep="\n", file=sys.stdout)
