import pytest

from sightline.pricing.batching.batches import Arrivals, Times, mean_batches
from sightline.pricing.batching.engine import Engine
from sightline.pricing.batching.pollers import End, EventSource, Polling

RECOGNIZE = Times(0.1, 0.02)


class Function:
    """A function that takes `seconds` for each batch, and keeps the batches."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self.engine, self.seconds, self.batches = engine, seconds, list[list[int]]()

    def invoke(self, batch: list[int], end: End) -> None:
        self.batches.append(batch)
        self.engine.after(self.seconds, end)


def source(polling: Polling, seconds: float = 1.0) -> tuple[Engine, Function, EventSource]:
    engine = Engine(seed=1)
    function = Function(engine, seconds)
    return engine, function, EventSource(engine, function.invoke, polling)


def test_actions_run_in_the_order_of_their_times_and_of_their_calls() -> None:
    engine, ran = Engine(seed=1), list[str]()
    for name, seconds in (("third", 2.0), ("first", 1.0), ("second", 1.0)):
        engine.after(seconds, ran.append, name)
    engine.run(until=1.5)
    assert (ran, engine.now) == (["first", "second"], 1.0)


def test_without_a_window_a_poller_that_waits_passes_on_a_message_at_once() -> None:
    engine, function, queue = source(Polling(most=5))
    for n in range(3):
        engine.after(0.1 * n, queue.send, n)
    engine.run()
    assert function.batches == [[0], [1], [2]]
    assert queue.mean_batch == 1


def test_messages_that_wait_for_a_poller_share_a_batch_of_ten_at_most() -> None:
    engine, function, queue = source(Polling(most=5))
    for n in range(30):
        queue.send(n)
    engine.run(until=0.5)
    assert [len(batch) for batch in function.batches] == [1] * 5
    engine.run()
    assert [len(batch) for batch in function.batches[5:]] == [10, 10, 5]
    assert queue.backlog == 0


def test_a_window_gathers_until_it_is_over_or_the_batch_is_full() -> None:
    engine, function, queue = source(Polling(most=1, window=1.0, pollers=1))
    queue.send(*range(4))
    engine.run(until=0.9)
    assert function.batches == []
    engine.run(until=1.1)
    assert function.batches == [[0, 1, 2, 3]]
    queue.send(*range(10))
    engine.run(until=2.1)
    assert len(function.batches[-1]) == 10


def test_pollers_join_while_messages_wait_up_to_the_most() -> None:
    engine, function, queue = source(Polling(most=8), seconds=1.0)
    queue.send(*range(2000))
    engine.run(until=1.5)
    before = len(function.batches)
    engine.run(until=2.5)
    assert len(function.batches) - before == 8


def test_batches_grow_with_the_rate_and_with_the_window() -> None:
    for window in (0.0, 1.0, 2.0):
        means = [mean_batches(Arrivals(rate), window, RECOGNIZE).recognize for rate in (0.1, 1.0, 11.6, 120.0)]
        assert means == sorted(means)
    means = [mean_batches(Arrivals(11.6), window, RECOGNIZE).recognize for window in (0.0, 1.0, 2.0, 5.0)]
    assert means == sorted(means)


def test_at_a_million_images_a_day_batches_are_not_full_without_a_window() -> None:
    assert mean_batches(Arrivals(11.6), 0.0, RECOGNIZE).recognize == pytest.approx(1.0, abs=0.05)


def test_pictures_of_one_capture_share_batches_only_in_a_window() -> None:
    alone, gathered = (mean_batches(Arrivals(0.01, 3), window, RECOGNIZE).recognize for window in (0.0, 2.0))
    assert alone < gathered
