"""What the emulator does when it is told to: let no message wait for long, refuse what it is handed in batches."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.emulator import process as emulator
from tests.ports import free_port

ENTRIES = [{"Id": "a", "MessageBody": "first", "DelaySeconds": 900}, {"Id": "b", "MessageBody": "second"}]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("refused") / "log.jsonl"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, refused: Path) -> Iterator[int]:
    directory, port = tmp_path_factory.mktemp("emulator"), free_port()
    emulator.start(directory, port, {"LONGEST_WAIT": "0", "REFUSED_SHARE": "1", "REFUSED_LOG": str(refused)})
    yield port
    emulator.end(directory)


@pytest.fixture
def queue(port: int) -> Iterator[str]:
    sqs = emulator.client("sqs", port)
    url: str = sqs.create_queue(QueueName="queue")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def received(sqs: Any, url: str) -> list[dict[str, Any]]:
    return list(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()))


def test_a_message_waits_no_longer_than_is_said(port: int, queue: str) -> None:
    sqs = emulator.client("sqs", port)
    sqs.send_message(QueueUrl=queue, MessageBody="late", DelaySeconds=900)
    (first,) = received(sqs, queue)
    assert received(sqs, queue) == []
    again = [{"Id": "0", "ReceiptHandle": first["ReceiptHandle"], "VisibilityTimeout": 900}]
    sqs.change_message_visibility_batch(QueueUrl=queue, Entries=again)
    assert [each["Body"] for each in received(sqs, queue)] == ["late"]


def test_entries_of_a_batch_are_refused_and_written_down(port: int, queue: str, refused: Path) -> None:
    sqs, sns = emulator.client("sqs", port), emulator.client("sns", port)
    answer = sqs.send_message_batch(QueueUrl=queue, Entries=ENTRIES)
    assert ([each["Id"] for each in answer["Failed"]], answer.get("Successful", [])) == (["a", "b"], [])
    topic = sns.create_topic(Name="topic")["TopicArn"]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "c", "Message": "third"}])
    assert ([each["Id"] for each in answer["Failed"]], answer["Successful"]) == (["c"], [])
    assert [json.loads(line) for line in refused.read_text().splitlines()] == ["first", "second", "third"]
    assert sns.publish(TopicArn=topic, Message="alone")["MessageId"]
