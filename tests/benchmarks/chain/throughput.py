"""Images per second through the deployed chain ÷ those through a chain of no-op handlers, on one emulator.

The real app is deployed once. Then its functions' code takes turns: as deployed; as deployed but with a model that
takes no time; and handlers that only pass images on, with that instant model. The model's own cost is the difference
between the first two. Every turn starts with images that are not counted, so that all workers are up.
"""

import io
import json
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from domain.clock import now
from domain.image import image_key, new_image_id
from local.deployment import Deployment, deployed
from local.loopback import serving
from tests.benchmarks.figure import Figure
from tests.photographs import photograph
from tests.ports import free_port

ROUNDS, WARM_UP, COUNTED, FEEDERS = 3, 300, 1000, 2
NO_OP = Path(__file__).parent / "no_op"
HANDLERS = {
    "Recognize": "recognition/recognize/runtime/handler.py",
    "Dispatch": "integration/dispatch/runtime/handler.py",
    "Deliver": "integration/deliver/runtime/handler.py",
    "Edge": "edge_ml/handler.py",
}


@dataclass
class Count:
    """The number of received webhooks."""

    received: int = 0


@dataclass(frozen=True)
class Chain:
    """The deployment, its subscriber, its functions by logical name, the picture, and the count of webhooks."""

    deployment: Deployment
    url: str
    functions: Mapping[str, str]
    s3: Any
    picture: bytes
    count: Count

    def grant(self) -> None:
        """Let the no-op recognize function write rows in the cheapest way, which the real one does not use."""
        iam = self.deployment.client("iam")
        roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
        document = {"Effect": "Allow", "Action": "dynamodb:BatchWriteItem", "Resource": "*"}
        iam.put_role_policy(
            RoleName=next(role for role in roles if "-RecognizeRole" in role),
            PolicyName="NoOp",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [document]}),
        )

    def swap(self, *names: str) -> None:
        """Replace the code of these functions by the no-op code."""
        for name in names:
            self._update(name, _zipped_module(HANDLERS[name], NO_OP / f"{name.lower()}.py"))

    def restore(self, code: Mapping[str, bytes]) -> None:
        """Restore every function's own code."""
        for name, archive in code.items():
            self._update(name, archive)

    def images_per_second(self) -> float:
        """Put images into the bucket, wait for all their webhooks, and return the rate."""
        self.send_and_wait(WARM_UP)
        begun = time.monotonic()
        self.send_and_wait(COUNTED)
        return COUNTED / (time.monotonic() - begun)

    def send_and_wait(self, images: int) -> None:
        """Put images into the bucket, and wait for all their webhooks."""
        wanted = self.count.received + images
        with ThreadPoolExecutor(FEEDERS) as pool:
            list(pool.map(self.put, [now()] * images))
        deadline = time.monotonic() + 120
        while self.count.received < wanted:
            assert time.monotonic() < deadline, f"{wanted - self.count.received} webhooks are missing"
            time.sleep(0.001)

    def put(self, at: datetime) -> str:
        """Put an image into the bucket, and return its key."""
        key = image_key("public", new_image_id(at), "cat.jpg")
        body = self.picture + key.encode()  # after its end a JPEG may hold anything; equal bytes would be cached
        self.s3.put_object(Bucket=self.deployment.endpoints.images_bucket, Key=key, Body=body)
        return key

    def _update(self, name: str, archive: bytes) -> None:
        self.deployment.client("lambda").update_function_code(FunctionName=self.functions[name], ZipFile=archive)


def figures() -> list[Figure]:
    """Return the ratio, the rates, and the model's cost."""
    with deployed_chain() as chain:
        own = _own_code(chain)
        chain.grant()
        taken: dict[str, list[float]] = {"as deployed": [], "instant model": [], "no-op": []}
        for _ in range(ROUNDS):
            chain.restore(own)
            taken["as deployed"].append(chain.images_per_second())
            chain.swap("Edge")
            taken["instant model"].append(chain.images_per_second())
            chain.swap("Recognize", "Dispatch", "Deliver")
            taken["no-op"].append(chain.images_per_second())
    rate = {name: statistics.median(rates) for name, rates in taken.items()}
    ratio = statistics.median(a / b for a, b in zip(taken["instant model"], taken["no-op"], strict=True))
    model = 1000 / rate["as deployed"] - 1000 / rate["instant model"]
    return [
        Figure("chain ÷ no-op chain on the same emulator, both with an instant model", ratio, at_least=0.85),
        Figure("no-op chain", rate["no-op"], unit="img/s"),
        Figure("chain with an instant model", rate["instant model"], unit="img/s"),
        Figure("chain as deployed, with its model", rate["as deployed"], unit="img/s"),
        Figure("the model's own time, on cores shared with the emulator", model, unit="ms/img"),
    ]


@contextmanager
def deployed_chain() -> Iterator[Chain]:
    """Deploy the app with a webhook to a receiver that counts; the context gives the chain."""
    count = Count()

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Count a webhook."""
            self.rfile.read(int(self.headers["Content-Length"]))
            count.received += 1
            self.send_response_only(204)
            self.end_headers()

    with (
        serving(Receiver) as receiver,
        tempfile.TemporaryDirectory() as directory,
        deployed(Path(directory), free_port(), context={"webhook_url": f"{receiver}/"}) as deployment,
    ):
        functions = [function["FunctionName"] for function in deployment.client("lambda").list_functions()["Functions"]]
        named = {name: next(function for function in functions if f"-{name}" in function) for name in HANDLERS}
        yield Chain(deployment, f"{receiver}/", named, deployment.client("s3"), photograph(), count)


def _own_code(chain: Chain) -> dict[str, bytes]:
    bundles = chain.deployment.directory / "cdk.out/bundles"
    return {name: _zipped_folder(bundles / module.split("/")[0]) for name, module in HANDLERS.items()}


def _zipped_folder(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


def _zipped_module(module: str, source: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(source, module)
    return buffer.getvalue()


if __name__ == "__main__":
    for figure in figures():
        print(figure)
