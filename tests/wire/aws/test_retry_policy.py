import pytest

from wire.aws.retry_policy import DELIVERIES, EVENTS, LONGEST_PAUSE, UPLOADS, RetryPolicy

HOUR = 3600


def pauses(chance: float) -> list[int]:
    return [DELIVERIES.backoff(n, chance=lambda: chance) for n in range(1, 9)]


def test_the_pauses_are_those_of_the_docs() -> None:
    assert pauses(0.5) == [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR, 0]


def test_jitter_is_a_tenth_either_way() -> None:
    assert pauses(0.0)[1:7] == pytest.approx([270, 1620, 6480, 16200, 32400, 32400], abs=1)
    assert pauses(1.0)[1:7] == pytest.approx([330, 1980, 7920, 19800, 39600, 39600], abs=1)
    assert 5 <= DELIVERIES.backoff(1) <= 6


def test_pauses_differ_from_one_delivery_to_the_next() -> None:
    assert len({DELIVERIES.backoff(7) for _ in range(50)}) > 1


def test_a_subscriber_may_request_a_longer_pause_but_no_shorter_one() -> None:
    assert DELIVERIES.backoff(1, at_least=60, chance=lambda: 0.5) == 60
    assert DELIVERIES.backoff(2, at_least=60, chance=lambda: 0.5) == 300


@pytest.mark.parametrize("attempt", [1, 7])
def test_no_pause_is_longer_than_sqs_allows(attempt: int) -> None:
    assert DELIVERIES.backoff(attempt, at_least=10**9) == LONGEST_PAUSE < 12 * HOUR


@pytest.mark.parametrize("attempt", [len(DELIVERIES.pauses) + 1, 50])
def test_there_is_no_pause_after_the_last_attempt(attempt: int) -> None:
    assert DELIVERIES.backoff(attempt, at_least=60) == 0


@pytest.mark.parametrize(("policy", "tries"), [(UPLOADS, 5), (EVENTS, 6), (DELIVERIES, 8)])
def test_there_is_no_pause_after_the_last_try(policy: RetryPolicy, tries: int) -> None:
    assert policy.tries == tries
    assert policy.backoff(tries - 1) > 0 == policy.backoff(tries)
