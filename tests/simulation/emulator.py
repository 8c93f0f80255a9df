"""Measure the emulator's profile in processor time, and the two figures that a simulation with it has to predict.

`python -m tests.simulation.emulator` deploys the app once. Images pass the whole chain, one by one, then as many as it
carries. Then the event sources rest, and each step is taken alone, by one image and by ten. All of it is processor time
of the emulator, its functions, the client and the receiver: on a busy machine it says more than a clock.
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
from tests.builders import recognition, s3_record, sqs_event

WARM_UP, COUNTED, SINGLE, ROUNDS = 300, 600, 20, 20
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
    """Return the milliseconds of a PutObject with its event, and of each function for a batch and for each message."""
    client = chain.deployment.client("lambda")
    for source in client.list_event_source_mappings()["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    time.sleep(2 * SETTLED_SECONDS)
    bucket = chain.deployment.endpoints.images_bucket
    put = _milliseconds(lambda: [chain.put(now()) for _ in range(COUNTED)]) / COUNTED
    found: dict[str, Any] = {"put": round(put, 2)}
    makers: dict[str, Callable[[Sequence[str]], object]] = {
        "Edge": lambda keys: {"images": [{"bucket": bucket, "key": key, "version": "null"} for key in keys]},
        "Recognize": lambda keys: sqs_event(*(_uploaded(bucket, key) for key in keys)),
        "Dispatch": lambda keys: sqs_event(*(_event(bucket, key).to_json() for key in keys)),
        "Deliver": lambda keys: sqs_event(*(_delivery(_event(bucket, key), chain.url) for key in keys)),
    }
    for name, make in makers.items():
        one, ten = (_mean(chain, name, make, images) for images in (1, 10))
        found[name.lower()] = [round((10 * one - ten) / 9, 2), round((ten - one) / 9, 2)]
    return found


def _mean(chain: Chain, name: str, make: Callable[[Sequence[str]], object], images: int) -> float:
    invoke = chain.deployment.client("lambda").invoke
    payloads = [json.dumps(make([chain.put(now()) for _ in range(images)])) for _ in range(ROUNDS)]
    time.sleep(SETTLED_SECONDS)

    def all_rounds() -> None:
        for payload in payloads:
            response = invoke(FunctionName=chain.functions[name], Payload=payload)
            assert "FunctionError" not in response, response["Payload"].read()

    return _milliseconds(all_rounds) / ROUNDS


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
