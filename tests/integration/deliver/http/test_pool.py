import time
from collections.abc import Iterator

import pytest

from integration.deliver.runtime.http.pool import IDLE_SECONDS, ConnectionPool
from integration.deliveries.runtime.response import SubscriberResponse
from tests.integration.conftest import Subscriber
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connections(clock: Clock) -> Iterator[ConnectionPool]:
    made = ConnectionPool(Policy(loopback=True), seconds=60, now=clock)
    yield made
    made.close()


@pytest.fixture
def hurried(clock: Clock) -> ConnectionPool:
    return ConnectionPool(Policy(loopback=True), seconds=1, now=clock)


def peers(subscriber: Subscriber) -> int:
    return len({request.peer for request in subscriber.received})


def test_a_post_arrives(connections: ConnectionPool, subscriber: Subscriber) -> None:
    response = connections.post(f"{subscriber.url}/status/204?a=b%20c", b"{}", {"webhook-id": "dlv_1"})
    assert response == SubscriberResponse(204)
    (received,) = subscriber.received
    assert (received.path, received.body, received.headers["webhook-id"]) == ("/status/204?a=b%20c", b"{}", "dlv_1")


@pytest.mark.parametrize("value", ["dlv_1\r\nx-more: yes", "dlv_1\nx-more: yes", "dlv_é"])
def test_a_header_cannot_become_two(connections: ConnectionPool, subscriber: Subscriber, value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        connections.post(f"{subscriber.url}/status/204", b"{}", {"webhook-id": value})
    assert subscriber.received == []


@pytest.mark.parametrize("status", [200, 400, 410, 500])
def test_the_response_has_the_status(connections: ConnectionPool, subscriber: Subscriber, status: int) -> None:
    assert connections.post(f"{subscriber.url}/status/{status}", b"{}", {}) == SubscriberResponse(status)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_read(connections: ConnectionPool, subscriber: Subscriber, status: int) -> None:
    url = f"{subscriber.url}/status/{status}/retry-after/77"
    assert connections.post(url, b"{}", {}) == SubscriberResponse(status, retry_after=77)


def test_a_redirect_is_not_followed(connections: ConnectionPool, subscriber: Subscriber) -> None:
    assert connections.post(f"{subscriber.url}/redirect", b"{}", {}) == SubscriberResponse(302)
    assert len(subscriber.received) == 1


def test_one_connection_serves_the_next_delivery(connections: ConnectionPool, subscriber: Subscriber) -> None:
    for path in ("a", "b"):
        connections.post(f"{subscriber.url}/status/200?{path}", b"{}", {})
    assert [request.path for request in subscriber.received] == ["/status/200?a", "/status/200?b"]
    assert peers(subscriber) == 1


def test_a_connection_idle_for_long_is_not_trusted(
    connections: ConnectionPool, subscriber: Subscriber, clock: Clock
) -> None:
    connections.post(f"{subscriber.url}/status/200", b"{}", {})
    clock.now += IDLE_SECONDS + 0.1
    connections.post(f"{subscriber.url}/status/200", b"{}", {})
    assert peers(subscriber) == 2


def test_a_server_that_closed_the_connection_is_called_again(
    connections: ConnectionPool, subscriber: Subscriber
) -> None:
    for _ in range(2):
        assert connections.post(f"{subscriber.url}/close_unannounced", b"{}", {}) == SubscriberResponse(200)
    assert peers(subscriber) == 2


def test_each_attempt_has_all_the_time_whatever_the_last_one_took(
    connections: ConnectionPool, subscriber: Subscriber
) -> None:
    connections.post(f"{subscriber.url}/status/200", b"{}", {})
    connections._idle[0].link.deadline = time.monotonic() - 1
    assert connections.post(f"{subscriber.url}/status/200", b"{}", {}) == SubscriberResponse(200)
    assert peers(subscriber) == 1


def test_a_body_beyond_1_kb_is_not_read_and_its_connection_not_used_again(
    connections: ConnectionPool, subscriber: Subscriber
) -> None:
    for length in (1024, 1025, 0):
        assert connections.post(f"{subscriber.url}/status/200/x-nothing/y/{length}", b"{}", {}) == SubscriberResponse(
            200
        )
    assert peers(subscriber) == 2


def test_an_endless_body_ends_with_the_first_kilobyte(connections: ConnectionPool, subscriber: Subscriber) -> None:
    response = connections.post(f"{subscriber.url}/huge", b"{}", {})
    assert (response.status, response.body) == (200, "x" * 1024)
    assert connections._idle == []


def test_a_success_whose_body_never_comes_is_a_success(
    connections: ConnectionPool, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.deliver.runtime.http.pool._SECONDS_FOR_THE_BODY", 0)
    assert connections.post(f"{subscriber.url}/dripping_body", b"{}", {}) == SubscriberResponse(200)
    assert connections._idle == []


def test_a_body_that_drips_is_not_waited_for(
    connections: ConnectionPool, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.deliver.runtime.http.pool._SECONDS_FOR_THE_BODY", 0.1)
    response = connections.post(f"{subscriber.url}/dripping_body", b"{}", {})
    assert (response.status, response.body) == (200, "")


@pytest.mark.parametrize("path", ["hang", "drip"])
def test_the_deadline_bounds_the_whole_attempt(hurried: ConnectionPool, subscriber: Subscriber, path: str) -> None:
    with pytest.raises(TargetError) as error:
        hurried.post(f"{subscriber.url}/{path}", b"{}", {})
    assert error.value.code == "timeout"  # the response of the one would end in 10 s, that of the other in 3 min
    assert len(subscriber.received) == 1


def test_an_idle_connection_that_times_out_is_not_called_twice(hurried: ConnectionPool, subscriber: Subscriber) -> None:
    hurried.post(f"{subscriber.url}/status/200", b"{}", {})
    with pytest.raises(TargetError, match="too long"):
        hurried.post(f"{subscriber.url}/hang", b"{}", {})
    assert len(subscriber.received) == 2


def test_the_guard_judges_every_new_connection(subscriber: Subscriber) -> None:
    with pytest.raises(TargetError) as error:
        ConnectionPool(Policy(), seconds=1).post(f"{subscriber.url}/status/200", b"{}", {})
    assert error.value.code == "url_blocked"
    assert subscriber.received == []


def test_only_so_many_idle_connections_are_kept(connections: ConnectionPool, subscriber: Subscriber) -> None:
    connections.post(f"{subscriber.url}/status/200", b"{}", {})
    link = connections._idle.pop().link
    for _ in range(70):
        connections._check_in(link)
    assert len(connections._idle) == 64
