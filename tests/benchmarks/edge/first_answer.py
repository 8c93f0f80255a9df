"""The edge function's first answer from S3, and its own work for each image: processor time, over plain HTTP.

A child process is started for each measurement; the bucket is a server in this process.
"""

import os
import statistics
import subprocess
import sys

from tests.benchmarks.edge.photos import SIZES, photo
from tests.benchmarks.edge.speed import ROOT
from tests.benchmarks.figure import Figure
from tests.bucket_server import BucketServer, bucket_server

ROUNDS = 15
_BEGIN = """
import awslambdaric.bootstrap, contextlib, io, time
class Context:
    get_remaining_time_in_millis = staticmethod(lambda: 60_000)
event = {"images": [{"bucket": "images", "key": f"images/owner/{n}.jpg", "version": "null"} for n in range(10)]}
begun = time.process_time()
import edge_ml.handler as edge
"""
_END = """
print((time.process_time() - begun) * 1000)
"""
_FIRST = """
with contextlib.redirect_stdout(io.StringIO()):
    (answer,) = edge.handler(event | {"images": event["images"][:1]}, Context())["results"]
assert answer["detections"], answer
"""
_WARM = """
import edge_ml.serving.recognize as serving
answering, answer = 0.0, serving.recognize_image
def timed(*given):
    global answering
    entered = time.thread_time()
    try:
        return answer(*given)
    finally:
        answering += time.thread_time() - entered
serving.recognize_image = timed
with contextlib.redirect_stdout(io.StringIO()):
    edge.handler(event, Context())
    answering, begun = 0.0, time.process_time()
    for _ in range(5):
        edge.handler(event, Context())
begun += answering
"""


def figures() -> list[Figure]:
    """Return the figures: of a first invocation, and of those that follow."""
    with bucket_server() as bucket:
        bucket.every_object = photo(*SIZES["0.3 MP"])
        started, first, warm = [], [], []
        for _ in range(ROUNDS):
            started.append(_milliseconds(bucket, _BEGIN + _END))
            first.append(_milliseconds(bucket, _BEGIN + _FIRST + _END))
            warm.append(_milliseconds(bucket, _BEGIN + _WARM + _END) / 50)
    ratio = statistics.median(first) / statistics.median(started)
    return [
        Figure("edge_ml: start to the first answer from S3 ÷ import and session", ratio, at_most=1.2),
        Figure("edge_ml: an image of S3, beside its answer", statistics.median(warm), at_most=0.8, unit="ms"),
    ]


def _milliseconds(bucket: BucketServer, code: str) -> float:
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_SESSION_TOKEN": "token" * 100,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_S3": bucket.url,
    }
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout)
