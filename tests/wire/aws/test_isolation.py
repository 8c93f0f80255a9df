"""Messages that end their function: handled alone after the others, and given up after three tries that never ended."""

from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.builders import create_table
from wire.aws.isolation import ALONE_AFTER, MOST_ENDED, BegunTries, Isolation
from wire.aws.queue import Record


class Ended(BaseException):
    """The function ended: out of memory, or out of time."""


class World:
    """A queue whose messages come again until they are deleted, and a function that the message `killer` ends."""

    def __init__(self, dynamodb: Any, *names: str, received: int = 0) -> None:
        self.received = dict.fromkeys(names, received)
        self.finished: list[str] = []
        self.dead: list[str] = []
        self.handled: list[list[str]] = []
        self.failing: set[str] = set()
        begun = BegunTries(lambda: dynamodb, "rows", ("about", "answer"))
        self.isolation = Isolation(2, 60, begun, self.give_up, self.remove)

    def give_up(self, records: Sequence[Record]) -> list[Record]:
        self.dead += names(records)
        return []

    def remove(self, records: Sequence[Record]) -> None:
        for name in names(records):
            self.received.pop(name, None)

    def handle(self, records: Sequence[Record]) -> list[Record]:
        self.handled.append(names(records))
        if "killer" in names(records):
            raise Ended
        self.finished += [name for name in names(records) if name not in self.failing]
        return [record for record in records if record["messageId"] in self.failing]

    def invoke(self) -> None:
        """Receive all messages as one batch, and delete those that do not fail, unless the function ends."""
        self.received = {name: times + 1 for name, times in self.received.items()}
        records = [record(name, times) for name, times in self.received.items()]
        try:
            stay = self.isolation.handle_apart(records, self.handle)
        except Ended:
            return
        self.remove([record for record in records if record not in stay])


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb")
        create_table(client, "rows", "about", "answer")
        yield client


def record(name: str, received: int) -> Record:
    counted = {"ApproximateReceiveCount": str(received)}
    return {"messageId": name, "receiptHandle": name, "body": "body", "attributes": counted}


def names(records: Sequence[Record]) -> list[str]:
    return [record["messageId"] for record in records]


def test_without_suspects_a_batch_is_handled_as_it_is(dynamodb: Any) -> None:
    world = World(dynamodb, "a", "b", received=2 + ALONE_AFTER - 2)
    world.invoke()
    assert world.handled == [["a", "b"]]


def test_a_killer_is_given_up_and_its_neighbors_are_finished(dynamodb: Any) -> None:
    good = [f"good-{n}" for n in range(9)]
    world = World(dynamodb, *good[:4], "killer", *good[4:])
    invocations = 0
    while world.received:
        world.invoke()
        invocations += 1
    assert sorted(world.finished) == good
    assert world.dead == ["killer"]
    alone = [handled for handled in world.handled if handled == ["killer"]]
    assert len(alone) == MOST_ENDED
    assert invocations == 2 + ALONE_AFTER - 1 + MOST_ENDED + 1


def test_new_messages_beside_a_killer_are_finished_at_once(dynamodb: Any) -> None:
    world = World(dynamodb, "killer", received=2 + ALONE_AFTER)
    world.received["new"] = 0
    world.invoke()
    assert world.handled == [["new"], ["killer"]]
    assert world.received.keys() == {"killer"}


def test_a_message_that_only_waited_while_lambda_was_throttled_is_finished(dynamodb: Any) -> None:
    world = World(dynamodb, "patient", received=90)
    world.invoke()
    assert (world.finished, world.dead, world.received) == (["patient"], [], {})


def test_tries_that_end_are_none_of_a_killer_however_often_they_fail(dynamodb: Any) -> None:
    world = World(dynamodb, "failing", received=60)
    world.failing = {"failing"}
    for _ in range(3 * MOST_ENDED):
        world.invoke()
    assert (world.dead, len(world.handled)) == ([], 3 * MOST_ENDED)


def test_no_row_remains(dynamodb: Any) -> None:
    world = World(dynamodb, "killer", "patient", received=10)
    while world.received:
        world.invoke()
    assert dynamodb.scan(TableName="rows")["Items"] == []


def test_a_suspect_that_could_not_end_in_time_is_left_for_later(dynamodb: Any) -> None:
    world = World(dynamodb, "patient", received=10)
    world.isolation = world.isolation._replace(seconds=-1)
    world.invoke()
    assert (world.handled, world.received) == ([], {"patient": 11})
