"""The bill of an image on its way, from the caller's request to the last webhook, as lines."""

from math import ceil, exp
from typing import NamedTuple

from sightline.pricing import assumptions as assumed
from sightline.pricing.batching.batches import Batches, Times, mean_batches
from sightline.pricing.load import Load
from sightline.pricing.prices import dollars
from sightline.pricing.units import Units, message_units


class Line(NamedTuple):
    """A line of the bill: what it is for, the name of its price, and the units of a million images."""

    part: str
    price: str
    units: float

    @property
    def dollars(self) -> float:
        """US dollars for a million images."""
        return dollars(self.price, self.units)

    def times(self, factor: float) -> "Line":
        """Return the line with so many times the units."""
        return self._replace(units=self.units * factor)


def batches(load: Load) -> Batches:
    """Return the mean batches of the load."""
    return mean_batches(
        load.arrivals,
        load.settings.batching_seconds,
        _recognize_times(load),
        max(1, round(load.webhooks)),
        load.settings.concurrency,
    )


def bill(load: Load, mean: Batches | None = None) -> list[Line]:
    """Return the lines of a million images, in batches of this mean size; Rekognition's is the first tier's."""
    lines = _request_lines(load)
    if not load.way.is_stored:
        return [*lines, *_edge_lines(load, 1.0, reads=False)]
    mean = mean or batches(load)
    lines += _upload_lines(load, mean.recognize)
    if load.asks_edge:
        lines += _edge_lines(load, mean.recognize, reads=True)
    lines += _dispatch_lines(load, mean.dispatch)
    return lines + [line.times(load.webhooks) for line in _webhook_lines(load, mean.deliver)]


def price(load: Load, mean: Batches | None = None) -> float:
    """Return the price of a million images in US dollars, in batches of this mean size."""
    return sum(line.dollars for line in bill(load, mean))


def _request_lines(load: Load) -> list[Line]:
    """Return the lines of a request: API Gateway, the authorizer, the function behind the route, their logs."""
    way, part = load.way, "the caller's request"
    if way.body is None:
        return []
    seconds = (assumed.AUTHORIZE_MS + way.function_ms) / 1000 * assumed.SMALL_GB
    logged = (
        assumed.ACCESS_LOG
        + assumed.ENTRY
        + (assumed.AUTHORIZER_LOG + assumed.ENTRY if load.settings.log_level != "warning" else 0)
    )
    return [
        Line(part, "API Gateway", ceil(way.body / 512_000)),
        Line(part, "Lambda requests", 2),
        Line(part, "Lambda time", seconds + 2 * _starts(load, 1) * _start("small")),
        Line(part, "logs", (logged + 2 * _lambda_log(load)) / 1000),
        Line(part, "data out", assumed.RESPONSE_BYTES / 1000),
        Line(part, "X-Ray", 2 * _traces(load, 1)),
    ]


def _upload_lines(load: Load, batch: float) -> list[Line]:
    """Return the lines from the object to the published event, without those of the edge function."""
    times = _recognize_times(load)
    return [
        Line("the object", "S3 writes", 1),
        Line("Rekognition", "Rekognition", load.paid),
        Line("Rekognition", "S3 reads", load.paid),
        Line("topics and queues", "SNS", 1),
        Line("topics and queues", "SQS", _queued(batch)),
        *_function_lines("recognize and dispatch", load, batch, 1000 * (times.batch / batch + times.message)),
        *_unit_lines("DynamoDB", load, message_units("recognize", load.model, load.labels, batch)),
    ]


def _edge_lines(load: Load, batch: float, *, reads: bool) -> list[Line]:
    part = "the edge function"
    seconds = (load.model_ms + (assumed.S3_READ_MS / batch if reads else 0)) / 1000
    logged = _own_log(load, assumed.EDGE_LOG)
    return [
        Line(part, "Lambda requests", 1 / batch),
        Line(part, "Lambda time", seconds * assumed.EDGE_GB + _starts(load, batch) * _start("edge")),
        Line(part, "S3 reads", float(reads)),
        Line(part, "logs", (logged + _lambda_log(load) / batch) / 1000),
    ]


def _dispatch_lines(load: Load, batch: float) -> list[Line]:
    units = message_units("dispatch", load.model, load.labels, batch)
    fixed, per_message = (milliseconds / assumed.CORE for milliseconds in assumed.DISPATCH_MS)
    milliseconds = (fixed + 2 * assumed.CALL_MS) / batch + per_message
    return [
        Line("topics and queues", "SQS", _queued(batch)),
        *_function_lines("recognize and dispatch", load, batch, milliseconds),
        *_unit_lines("DynamoDB", load, units._replace(sqs=units.sqs * load.webhooks)),
    ]


def _webhook_lines(load: Load, batch: float) -> list[Line]:
    """Return the lines of one delivery of each image."""
    fixed, per_message = (milliseconds / assumed.CORE for milliseconds in assumed.DELIVER_MS)
    milliseconds = (fixed + assumed.SUBSCRIBER_MS + assumed.CALL_MS) / batch + per_message
    return [
        Line("webhooks", "SQS", _queued(batch) - 1),
        Line("webhooks", "data out", assumed.WEBHOOK_BYTES / 1000),
        *_function_lines("webhooks", load, batch, milliseconds),
        *_unit_lines("webhooks", load, message_units("deliver", load.model, load.labels, batch)),
    ]


def _queued(batch: float) -> float:
    """Return the requests of SQS for a message: it is sent alone, and received and deleted with its batch."""
    return 1 + 2 / batch


def _function_lines(part: str, load: Load, batch: float, milliseconds: float) -> list[Line]:
    """Return the lines of a function that a queue invokes; `milliseconds` are those of one message."""
    seconds = milliseconds / 1000 * assumed.SMALL_GB + _starts(load, batch) * _start("small")
    return [
        Line(part, "Lambda requests", 1 / batch),
        Line(part, "Lambda time", seconds),
        Line(part, "logs", _lambda_log(load) / batch / 1000),
        Line(part, "X-Ray", _traces(load, batch)),
    ]


def _unit_lines(part: str, load: Load, units: Units) -> list[Line]:
    """Return the lines of what the code of a function causes for each of its messages."""
    logged = _own_log(load, units.logged)
    return [
        Line(part, "DynamoDB writes", units.writes),
        Line(part, "DynamoDB reads", units.reads),
        Line("topics and queues", "SNS", units.sns),
        Line("webhooks", "SQS", units.sqs),
        Line("webhooks" if part == "webhooks" else "recognize and dispatch", "logs", logged / 1000),
    ]


def _recognize_times(load: Load) -> Times:
    """Return the times of recognize: its processor time by its share of a core, five calls, and the detector's."""
    fixed, per_message = (milliseconds / assumed.CORE for milliseconds in assumed.RECOGNIZE_MS)
    fixed += 5 * assumed.CALL_MS
    if load.asks_edge:
        fixed, per_message = fixed + assumed.S3_READ_MS, per_message + load.model_ms
    return Times((fixed + load.paid * assumed.REKOGNITION_MS) / 1000, per_message / 1000)


def _starts(load: Load, batch: float) -> float:
    """Return the starts of workers for each image: after an idle while, and at the end of a worker's life."""
    images = max(batch, load.arrivals.together)
    invocations = load.arrivals.rate / images
    idle, renewed = exp(-assumed.IDLE_SECONDS * invocations), 1 / (1 + assumed.LIFE_SECONDS * invocations)
    return (idle + renewed) / images


def _start(kind: str) -> float:
    """Return the GB-seconds of a start."""
    return assumed.START_MS[kind] / 1000 * (assumed.EDGE_GB if kind == "edge" else assumed.SMALL_GB)


def _traces(load: Load, batch: float) -> float:
    """Return the traces for each image that begin with one invocation."""
    if load.settings.tracing != "active":
        return 0.0
    per_second = load.arrivals.rate / batch
    recorded = min(per_second, 1.0) + assumed.TRACED * max(per_second - 1.0, 0.0)
    return recorded / load.arrivals.rate


def _lambda_log(load: Load) -> float:
    """Return the bytes of Lambda's own lines of an invocation, which `log_level=debug` lets through."""
    return assumed.LAMBDA_LOG + 2 * assumed.ENTRY if load.settings.log_level == "debug" else 0.0


def _own_log(load: Load, line: float) -> float:
    """Return the bytes of a line of the app's own about one image or request, which `log_level=warning` holds back."""
    return 0.0 if load.settings.log_level == "warning" else line + assumed.ENTRY
