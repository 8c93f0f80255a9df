"""Figure (c): each handler's import and init, as a ratio to `import boto3; boto3.client("s3")`, in processor time.

Every start is a process of its own with bytecode in place; the kinds take turns, so that a slow spell of the machine
meets all alike.
"""

import os
import statistics
import subprocess
import sys

from tests.benchmarks.figure import Figure

ROUNDS = 15
BARE = "import boto3; boto3.client('s3')"
STARTS = {
    "upload": ("api.runtime.upload", 0.80),
    "recognise": ("recognition.runtime.recognize", 0.92),
    "deliver": ("integration.runtime.deliver", 0.50),
}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "DELIVERIES_QUEUE_URL": "https://queue.example",
    "DETECTORS": "rekognition,edge",
    "EDGE_FUNCTION": "edge",
    "EVENTS_QUEUE_URL": "https://queue.example",
    "IMAGES_BUCKET": "images",
    "LOOPBACK": "false",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "PUBLIC_URL": "https://api.example",
    "RECOGNITIONS_TABLE": "recognitions",
    "RESULTS_TOPIC": "arn:aws:sns:us-east-1:000000000000:results",
    "SIGNING_KEY_ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:key",
    "SUBSCRIPTIONS_TABLE": "subscriptions",
    "DEFAULT_WEBHOOK_URL": "",
    "UPLOADS_QUEUE_URL": "https://queue.example",
}


def figures() -> list[Figure]:
    """The three ratios."""
    starts = {"bare": BARE} | {name: f"import {module}" for name, (module, _) in STARTS.items()}
    taken: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(ROUNDS):
        for name, statement in starts.items():
            taken[name].append(_milliseconds(statement))
    bare = statistics.median(taken["bare"])
    return [
        Figure(f"{name} init ÷ bare boto3 s3 client", statistics.median(taken[name]) / bare, at_most=goal)
        for name, (_, goal) in STARTS.items()
    ]


def _milliseconds(statement: str) -> float:
    timed = f"import time; begun = time.process_time()\n{statement}\nprint((time.process_time() - begun) * 1000)"
    environment = {"PATH": os.environ["PATH"]} | ENVIRONMENT
    command = [sys.executable, "-c", timed]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
