from integration.subscriptions.runtime.circuit_breaker import (
    FAILURES,
    FORGET_SECONDS,
    HOPELESS_SECONDS,
    LONGEST_REST,
    SHORTEST_REST,
    Health,
)

NOW = 1_800_000_000


def failing(seconds: int, failures: int = FAILURES, rest_until: int = 0) -> Health:
    """One that has failed for so long, the last time just now."""
    return Health(NOW - seconds, failures, NOW, rest_until)


def test_who_is_well_may_be_asked_at_any_time() -> None:
    assert (Health().resting, Health().resumes_at) == (False, 0)


def test_a_few_failures_in_a_row_are_no_reason_to_rest() -> None:
    assert not failing(60, FAILURES - 1).resting
    assert failing(60).resting


def test_the_rest_grows_with_how_long_it_has_been_failing_within_bounds() -> None:
    rests = [failing(seconds).resumes_at - NOW for seconds in (0, 60, 400, 86_400)]
    assert rests == [SHORTEST_REST, SHORTEST_REST, 100, LONGEST_REST]


def test_a_subscriber_may_ask_for_a_longer_rest_and_for_one_before_it_fails_often() -> None:
    assert failing(0, rest_until=NOW + 3000).resumes_at == NOW + 3000
    assert failing(0, 1, rest_until=NOW + 20).resumes_at == NOW + 20
    assert failing(0, rest_until=NOW + 1).resumes_at == NOW + SHORTEST_REST


def test_five_days_of_failures_are_hopeless() -> None:
    assert not failing(HOPELESS_SECONDS - 1).hopeless(NOW)
    assert failing(HOPELESS_SECONDS).hopeless(NOW)
    assert not Health().hopeless(NOW)


def test_failures_more_than_a_day_apart_are_no_row() -> None:
    known = failing(1000)
    assert known.began(NOW + FORGET_SECONDS - 1) == NOW - 1000
    assert known.began(NOW + FORGET_SECONDS) == NOW + FORGET_SECONDS
