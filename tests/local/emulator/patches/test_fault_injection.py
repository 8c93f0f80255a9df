"""Two patches that variables turn on, in one emulator: refused entries of batches, and shorter waits of messages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.emulator import account
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
    sqs = account.client("sqs", port)
    url: str = sqs.create_queue(QueueName="queue")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def received(sqs: Any, url: str) -> list[dict[str, Any]]:
    return list(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()))


def test_a_message_waits_no_longer_than_longest_wait(port: int, queue: str) -> None:
    sqs = account.client("sqs", port)
    sqs.send_message(QueueUrl=queue, MessageBody="late", DelaySeconds=900)
    (first,) = received(sqs, queue)
    assert received(sqs, queue) == []
    entries = [{"Id": "0", "ReceiptHandle": first["ReceiptHandle"], "VisibilityTimeout": 900}]
    sqs.change_message_visibility_batch(QueueUrl=queue, Entries=entries)
    assert [message["Body"] for message in received(sqs, queue)] == ["late"]


def test_entries_of_a_batch_are_refused_and_logged(port: int, queue: str, refused: Path) -> None:
    sqs, sns = account.client("sqs", port), account.client("sns", port)
    response = sqs.send_message_batch(QueueUrl=queue, Entries=ENTRIES)
    assert ([entry["Id"] for entry in response["Failed"]], response.get("Successful", [])) == (["a", "b"], [])
    topic = sns.create_topic(Name="topic")["TopicArn"]
    response = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "c", "Message": "third"}])
    assert ([entry["Id"] for entry in response["Failed"]], response["Successful"]) == (["c"], [])
    assert [json.loads(line) for line in refused.read_text().splitlines()] == ["first", "second", "third"]
    assert sns.publish(TopicArn=topic, Message="alone")["MessageId"]
