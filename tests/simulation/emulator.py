"""Measure the emulator's profile in processor time, and the two figures that a simulation with it has to predict.

`python -m tests.simulation.emulator` deploys the app once. Images pass the whole chain, one by one, then as many as it
carries. Then each step is taken alone, by one image and by ten, while the other event sources rest. All of it is
processor time of the emulator, its functions, the client and the receiver: it says more than a clock on a busy machine.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from domain.clock import now
from domain.event import Event
from domain.image import Image
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from tests.benchmarks.chain.throughput import Chain, deployed_chain
from tests.benchmarks.edge.process_tree import processor_seconds
from tests.builders import recognition, s3_record

WARM_UP, COUNTED, SINGLE, ROUNDS = 200, 400, 15, 12
SETTLED_SECONDS, IDLE_SECONDS = 0.5, 20.0
"""After the first, what the step before has caused is over."""

_idle: list[float] = []
"""The processor time of a second in which nothing happens, once it is measured."""


def main() -> None:
    """Print the measured milliseconds as JSON: of an image, alone and under load, and of each step."""
    with deployed_chain() as chain:
        chain.send_and_wait(WARM_UP)
        _idle.append(_milliseconds(lambda: time.sleep(IDLE_SECONDS)) / (IDLE_SECONDS + SETTLED_SECONDS))
        alone = statistics.fmean(_milliseconds(lambda: chain.send_and_wait(1)) for _ in range(SINGLE))
        loaded = _milliseconds(lambda: chain.send_and_wait(COUNTED)) / COUNTED
        profile = _profile(chain)
    measured = {"alone": round(alone, 1), "loaded": round(loaded, 1), "idle": round(_idle[0], 1), "profile": profile}
    print(json.dumps(measured, indent=1))


def _profile(chain: Chain) -> dict[str, Any]:
    """Return the milliseconds of a PutObject with its event, and of each function for a batch and for each message.

    A function gets its batch from its own queue, while the other queues rest; the sending of the batch is subtracted.
    """
    client, outputs = chain.deployment.client, chain.deployment.outputs
    sources = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    for source in sources:
        _switch(chain, source, on=False)
    put = _milliseconds(lambda: [chain.put(now()) for _ in range(COUNTED)]) / COUNTED
    found: dict[str, Any] = {"put": round(put, 2)}
    scratch = client("sqs").create_queue(QueueName="scratch")["QueueUrl"]
    bucket = chain.deployment.endpoints.images_bucket
    makers: dict[str, tuple[str, Callable[[str], str]]] = {
        "Recognize": ("UploadsQueueUrl", lambda key: _uploaded(bucket, key)),
        "Dispatch": ("EventsQueueUrl", lambda key: _event(bucket, key).to_json()),
        "Deliver": ("DeliveriesQueueUrl", lambda key: _delivery(_event(bucket, key), chain.url)),
    }
    for name, (output, make) in makers.items():
        source = next(one for one in sources if f"-{name}" in one["FunctionArn"])
        client("sqs").purge_queue(QueueUrl=outputs[output])
        times = {}
        for images in (1, 10):
            batches = [[make(chain.put(now())) for _ in range(images)] for _ in range(2 * ROUNDS)]
            client("sqs").purge_queue(QueueUrl=outputs["UploadsQueueUrl"])
            sent = _batches(chain, scratch, batches[:ROUNDS])
            _switch(chain, source, on=True)
            times[images] = _batches(chain, outputs[output], batches[ROUNDS:]) - sent
            _switch(chain, source, on=False)
        found[name.lower()] = [round((10 * times[1] - times[10]) / 9, 2), round((times[10] - times[1]) / 9, 2)]
    return found


def _switch(chain: Chain, source: Any, *, on: bool) -> None:
    chain.deployment.client("lambda").update_event_source_mapping(UUID=source["UUID"], Enabled=on)
    time.sleep(SETTLED_SECONDS)


def _batches(chain: Chain, queue: str, batches: Sequence[Sequence[str]]) -> float:
    """Send batches to a queue, one after another, and return the milliseconds of each."""
    send = chain.deployment.client("sqs").send_message_batch

    def all_rounds() -> None:
        for batch in batches:
            send(QueueUrl=queue, Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)])
            time.sleep(SETTLED_SECONDS)

    return _milliseconds(all_rounds) / len(batches)


def _uploaded(bucket: str, key: str) -> str:
    record = s3_record(key, version="null")
    record["s3"]["bucket"]["name"] = bucket
    return json.dumps({"Records": [record]})


def _event(bucket: str, key: str) -> Event:
    image = Image.from_s3_record(json.loads(_uploaded(bucket, key))["Records"][0])
    return Event.recognized(image, recognition(), "2026-11-20T17:00:01.000Z")


def _delivery(event: Event, url: str) -> str:
    return Delivery.of(event, Subscription.default(url), int(time.time())).to_json()


def _milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time of this process and its descendants for the work, and for what it has caused.

    What they take in the same time without any work is subtracted.
    """
    begun, clock = processor_seconds(os.getpid()), time.monotonic()
    work()
    time.sleep(SETTLED_SECONDS)
    milliseconds = (processor_seconds(os.getpid()) - begun) * 1000
    return milliseconds - sum(_idle) * (time.monotonic() - clock)


if __name__ == "__main__":
    main()
