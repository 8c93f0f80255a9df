"""Cold starts: processor time of each handler's import and init ÷ that of `import boto3; boto3.client("s3")`.

Also the same from the packaged bundle ÷ that from the development tree.

Every start is a process of its own with bytecode in place; the kinds take turns, so that a slow spell of the machine
affects all alike.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.figure import Figure
from tests.packaged import python_path

ROUNDS = 15
BARE = "import boto3; boto3.client('s3')"
STARTS = {
    "upload": ("api.ingest.runtime.handler", 0.65),
    "classify": ("recognition.classify.runtime.handler", 0.65),
    "recognize": ("recognition.recognize.runtime.handler", 0.65),
    "images": ("recognition.images.runtime.read.handler", 0.65),
    "dispatch": ("integration.dispatch.runtime.handler", 0.65),
    "deliver": ("integration.deliver.runtime.handler", 0.50),
}
ENVIRONMENT = {
    "AUTH": "none",
    "ANSWERS_TABLE": "answers",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "CASCADE_BELOW": "0.8",
    "REKOGNITION_PAUSE": "0.2",
    "DELIVERIES_QUEUE_URL": "https://queue.example",
    "DELIVERIES_TABLE": "deliveries",
    "DERIVED_BUCKET": "derived",
    "DETECTORS": "rekognition,edge",
    "EDGE_FUNCTION": "edge",
    "DELIVERIES_DEAD_URL": "https://queue.example",
    "EVENTS_DEAD_URL": "https://queue.example",
    "EVENTS_QUEUE_URL": "https://queue.example",
    "IMAGE_INDEX_TABLE": "index",
    "IMAGES_BUCKET": "images",
    "LOOPBACK": "false",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "PUBLIC_URL": "https://api.example",
    "RECOGNITIONS_TABLE": "recognitions",
    "RESULTS_TOPIC": "arn:aws:sns:us-east-1:000000000000:results",
    "SIGNING_KEY_ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:key",
    "SUBSCRIPTIONS_TABLE": "subscriptions",
    "DAILY_SPEND": "0",
    "DAILY_UPLOADS": "0",
    "TOKEN_ISSUER": "https://issuer.example/pool",
    "USAGE_TABLE": "usage",
    "USER_POOL_CLIENT_ID": "client",
    "WEBHOOKS_PER_OWNER": "50",
    "DEFAULT_WEBHOOK_URL": "",
    "UPLOADS_DEAD_URL": "https://queue.example",
    "UPLOADS_QUEUE_URL": "https://queue.example",
}


def figures() -> list[Figure]:
    """Return a ratio for each handler, and one for all packaged handlers.

    The clients that a handler makes at its import are counted, those that it makes at its first call are not.
    """
    taken: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, milliseconds in _round():
            taken.setdefault(name, []).append(milliseconds)
    median = {name: statistics.median(times) for name, times in taken.items()}
    packaged = sum(median[f"packaged {name}"] for name in STARTS) / sum(median[name] for name in STARTS)
    return [
        *(
            Figure(f"{name}: import and init ÷ a bare boto3 S3 client", median[name] / median["bare"], at_most=goal)
            for name, (_, goal) in STARTS.items()
        ),
        Figure("all of them from packaged bundles ÷ from the development venv", packaged, at_most=1.02),
    ]


def _round() -> Iterator[tuple[str, float]]:
    yield "bare", _milliseconds(BARE)
    for name, (module, _) in STARTS.items():
        yield name, _milliseconds(f"import {module}")
        yield f"packaged {name}", _milliseconds(f"import {module}", "-S", PYTHONPATH=python_path(module))


def _milliseconds(statement: str, *flags: str, **environment: str) -> float:
    timed = f"import time; begun = time.process_time()\n{statement}\nprint((time.process_time() - begun) * 1000)"
    command = [sys.executable, *flags, "-c", timed]
    variables = {"PATH": os.environ["PATH"]} | ENVIRONMENT | environment
    # In this directory the packaged handler would import the development tree.
    directory = "/" if flags else None
    finished = subprocess.run(command, env=variables, cwd=directory, check=True, capture_output=True, text=True)
    return float(finished.stdout)
