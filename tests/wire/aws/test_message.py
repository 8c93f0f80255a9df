import json

import pytest

from tests.builders import sqs_event
from wire.aws.message import read_message
from wire.aws.queue import Record


def record(body: str) -> Record:
    (found,) = sqs_event(body)["Records"]
    read: Record = found
    return read


def read_size(record: Record) -> int:
    return int(json.loads(record["body"])["size"])


def test_a_message_is_what_the_function_reads() -> None:
    assert read_message(record('{"size": 7}'), read_size) == 7


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, '{"size": 1e999}', '{"size": NaN}', '{"size": []}', "{}", "7", "", '"\\ud800"', "\ud800", "[]"],
    ids=lambda body: body[:20].encode("ascii", "replace").decode(),
)
def test_whatever_a_message_makes_a_function_raise_concerns_that_message_alone(body: str) -> None:
    assert read_message(record(body), read_size) is None


def test_the_end_of_the_process_is_no_fault_of_a_message() -> None:
    def stop(record: Record) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_message(record(""), stop)
