from integration.subscriptions.runtime.circuit_breaker import (
    DISABLE_AFTER_SECONDS,
    FAILURES,
    LONGEST_REST,
    SHORTEST_REST,
    STREAK_GAP_SECONDS,
    CircuitBreaker,
)

NOW = 1_800_000_000


def failing(seconds: int, failures: int = FAILURES, rest_until: int = 0) -> CircuitBreaker:
    """Return the breaker of a subscriber that has failed for so long, the last time just now."""
    return CircuitBreaker(NOW - seconds, failures, NOW, rest_until)


def test_a_healthy_subscriber_may_be_tried_at_any_time() -> None:
    assert (CircuitBreaker().open, CircuitBreaker().resumes_at) == (False, 0)


def test_a_few_failures_in_a_row_do_not_open_the_circuit() -> None:
    assert not failing(60, FAILURES - 1).open
    assert failing(60).open


def test_the_rest_grows_with_the_age_of_the_streak_within_bounds() -> None:
    rests = [failing(seconds).resumes_at - NOW for seconds in (0, 60, 400, 86_400)]
    assert rests == [SHORTEST_REST, SHORTEST_REST, 100, LONGEST_REST]


def test_a_subscriber_may_request_a_longer_rest_and_an_early_one() -> None:
    assert failing(0, rest_until=NOW + 3000).resumes_at == NOW + 3000
    assert failing(0, 1, rest_until=NOW + 20).resumes_at == NOW + 20
    assert failing(0, rest_until=NOW + 1).resumes_at == NOW + SHORTEST_REST


def test_five_days_of_failures_are_too_long() -> None:
    assert not failing(DISABLE_AFTER_SECONDS - 1).failed_too_long(NOW)
    assert failing(DISABLE_AFTER_SECONDS).failed_too_long(NOW)
    assert not CircuitBreaker().failed_too_long(NOW)


def test_failures_more_than_a_day_apart_start_a_new_streak() -> None:
    known = failing(1000)
    assert known.streak_start(NOW + STREAK_GAP_SECONDS - 1) == NOW - 1000
    assert known.streak_start(NOW + STREAK_GAP_SECONDS) == NOW + STREAK_GAP_SECONDS
