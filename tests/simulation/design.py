"""The design that a simulation runs, the limits of its account, and the times that its steps take."""

from typing import NamedTuple


class Design(NamedTuple):
    """What the code and the settings of a deployment decide.

    `hashed_keys`: an object's key begins with a hash, not with its owner. `shards`: the ranges of an owner's rows.
    `concurrency`, `stage_rate` (requests a second of the API's stage) and `window` (seconds) are settings.
    """

    hashed_keys: bool = True
    shards: int = 1
    concurrency: int = 10
    stage_rate: int = 100
    window: float = 0.0
    detector: str = "edge"
    rekognition_tps: int = 50

    @property
    def asks_rekognition(self) -> bool:
        """True if every image goes to Rekognition."""
        return self.detector == "rekognition"

    @property
    def recognizers(self) -> int:
        """The batches that are recognized at once, as `Settings.recognize_concurrency` has them."""
        return min(self.concurrency, max(2, self.rekognition_tps // 2)) if self.asks_rekognition else self.concurrency


class Quotas(NamedTuple):
    """The quotas of an account in us-east-1 in November 2026; all but DynamoDB's and Lambda's are as AWS sets them.

    A new account's concurrency may be 10; AWS raises it, and DynamoDB's quota of a table, on request.
    """

    concurrency: int = 1000
    sns_messages: int = 30_000
    table_writes: int = 40_000
    gateway_requests: int = 10_000


class Profile(NamedTuple):
    """How long steps take, in seconds, on a machine or in an account.

    `call` is one call of AWS, with the spread `sigma` of its logarithm. `event` is the way of an S3 event to the queue
    of uploads, `hop` that of a message through a topic or a queue. `edge` and `image` are an invocation of the edge
    function and each of its images. The others are the processor times of the functions for a batch, and for each of
    its images. `receiver` is a subscriber's response, `start` that of a new worker, `rekognition` one call.
    """

    call: float = 0.005
    sigma: float = 0.4
    event: float = 0.25
    hop: float = 0.03
    edge: float = 0.022
    image: float = 0.011
    recognize: float = 0.015
    dispatch: float = 0.008
    deliver: float = 0.008
    receiver: float = 0.05
    start: float = 0.5
    rekognition: float = 0.6


LAMBDA = Profile()
"""Processor times of `make bench` divided by a function's share of a core; calls, hops and starts as published."""
