"""The design that a simulation runs, the limits of its account, and the times that its steps take."""

from typing import NamedTuple, Self

from settings import Settings
from sightline.pricing import assumptions

_DEFAULT = Settings()


class Design(NamedTuple):
    """What the code and the settings of a deployment decide.

    `hashed_keys`: an object's key begins with a hash, not with its owner. `shards`: the ranges of an owner's rows.
    `window`: the setting `batching_seconds`. The others are the settings of the same names.
    """

    hashed_keys: bool = True
    shards: int = _DEFAULT.shards
    concurrency: int = _DEFAULT.concurrency
    api_rate: int = _DEFAULT.api_rate
    api_burst: int = _DEFAULT.api_burst
    window: float = _DEFAULT.batching_seconds
    detector: str = "edge"
    rekognition_tps: int = _DEFAULT.rekognition_tps

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


class Step(NamedTuple):
    """Seconds of processor time of a function for a batch, and for each of its messages."""

    batch: float
    message: float

    @classmethod
    def on_lambda(cls, milliseconds: tuple[float, float]) -> Self:
        """Return the times with a function's share of a core, from milliseconds of a whole one."""
        batch, message = (value / 1000 / assumptions.CORE for value in milliseconds)
        return cls(batch, message)

    def seconds(self, messages: int) -> float:
        """Return the time for so many messages."""
        return self.batch + messages * self.message


class Profile(NamedTuple):
    """How long steps take, in seconds, on a machine or in an account.

    `call` is one call of AWS, with the spread `sigma` of its logarithm. `event` is the way of an S3 event to the queue
    of uploads, `hop` that of a message through a topic or a queue, `receiver` a subscriber's response, `start` that of
    a new worker, `rekognition` a call for ten images. All steps share `cores`; None where each has its own.
    """

    recognize: Step
    edge: Step
    dispatch: Step
    deliver: Step
    call: float
    sigma: float
    event: float
    hop: float
    receiver: float
    start: float
    rekognition: float
    cores: int | None = None


LAMBDA = Profile(
    recognize=Step.on_lambda(assumptions.RECOGNIZE_MS),
    edge=Step(assumptions.S3_READ_MS / 1000, assumptions.MODEL_MS / 1000),
    dispatch=Step.on_lambda(assumptions.DISPATCH_MS),
    deliver=Step.on_lambda(assumptions.DELIVER_MS),
    call=assumptions.CALL_MS / 1000,
    sigma=0.4,
    event=0.25,
    hop=0.03,
    receiver=assumptions.SUBSCRIBER_MS / 1000,
    start=assumptions.START_MS["small"] / 1000,
    rekognition=assumptions.REKOGNITION_MS / 1000,
)
"""An account: what prices assume, too; events and hops are published medians of others."""

EMULATOR = Profile(
    recognize=Step(0.0156, 0.0012),
    edge=Step(0.0090, 0.0046),
    dispatch=Step(0.0193, 0.0003),
    deliver=Step(0.0275, 0.0005),
    call=0.0,
    sigma=0.0,
    event=0.00745,
    hop=0.0,
    receiver=0.0,
    start=0.0,
    rekognition=0.0,
    cores=2,
)
"""The emulator of `make run` in processor time, by `python -m tests.simulation.emulator` on 2026-12-01."""
