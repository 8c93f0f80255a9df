"""No response is taken for one to another request, whatever a receiver sends before, with and after it."""

import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

import wire.outbound.connection
from domain.event import Event
from integration.deliver.runtime.http import pool
from integration.deliver.runtime.http.pool import ConnectionPool
from integration.deliver.runtime.http.send import Sender, start_attempts
from integration.deliver.runtime.outcome import DueDelivery
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from tests.builders import image, recognition, sqs_event
from tests.certificates import Certificates
from tests.integration.conftest import SIGNING_KEY, Account, subscription
from tests.integration.deliver.http.odd_receiver import receiving
from tests.integration.deliver.http.odd_responses import CLEAN, ODD, OK, Odd
from wire.outbound.policy import Policy

EVENTS = [Event.recognized(image(image_id=f"img_{n:032x}"), recognition(), "2026-11-20T17:00:01.000Z") for n in (0, 1)]


@pytest.fixture(scope="module")
def authority() -> Certificates:
    """The only trusted authority."""
    return Certificates()


@pytest.fixture(scope="module")
def trusted(authority: Certificates) -> ssl.SSLContext:
    """The TLS of a receiver that the deliver function trusts."""
    return authority.server("localhost")


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, trusted: ssl.SSLContext) -> ssl.SSLContext | None:
    """The TLS of the receiver, if any."""
    return trusted if request.param == "https" else None


@pytest.fixture(autouse=True)
def unhurried(authority: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not come is not waited for long."""
    client = authority.client()
    monkeypatch.setattr(wire.outbound.connection, "_tls", lambda: client)
    monkeypatch.setattr(pool, "_SECONDS_FOR_THE_BODY", 0.1)


@pytest.fixture
def connections() -> Iterator[ConnectionPool]:
    """A pool whose idle connections do not expire."""
    made = ConnectionPool(Policy(loopback=True), seconds=60, now=lambda: 1_800_000_000.0)
    yield made
    made.close()


def receivers(port: int, tls: ssl.SSLContext | None, owners: tuple[str, str]) -> list[Subscription]:
    """Return two webhooks on one host and port: /odd of one owner, /refuse of the other."""
    base = f"{'https' if tls else 'http'}://localhost:{port}"
    return [subscription(n, base + path, owner=owners[n]) for n, path in enumerate(("/odd", "/refuse"))]


def results(connections: ConnectionPool, event: Event, subscriptions: list[Subscription]) -> list[int | str]:
    """Deliver an event to each webhook in one batch; return the status or the error of each attempt."""
    due = [
        DueDelivery(receiver.subscription_id, Delivery.of(event, receiver, int(time.time())), 1, receiver)
        for receiver in subscriptions
    ]
    with ThreadPoolExecutor() as threads:
        attempts = start_attempts(due, Sender(connections, SIGNING_KEY), threads)
        responses = [attempts[receiver.subscription_id].result().response for receiver in subscriptions]
    return [response.status or response.error for response in responses]


@pytest.mark.parametrize("owners", [("anna", "anna"), ("anna", "bert")], ids=["one owner", "two owners"])
@pytest.mark.parametrize("name", ODD)
def test_each_delivery_gets_its_own_response(
    name: str, owners: tuple[str, str], tls: ssl.SSLContext | None, connections: ConnectionPool
) -> None:
    odd = ODD[name]
    with receiving(odd, tls) as receiver:
        subscriptions = receivers(receiver.port, tls, owners)
        assert results(connections, EVENTS[0], subscriptions) == [odd.result, 500]
        assert sum(idle.link.is_silent() for idle in connections._idle) == 1 + (name in CLEAN)
        receiver.send_late_bytes()
        assert results(connections, EVENTS[1], subscriptions) == [500, 500]
        assert all(len(set(paths)) == 1 for paths in receiver.paths)  # no connection serves two webhooks


def test_a_clean_connection_is_kept(tls: ssl.SSLContext | None, connections: ConnectionPool) -> None:
    with receiving(Odd((OK,)), tls) as receiver:
        for event in EVENTS:
            results(connections, event, receivers(receiver.port, tls, ("anna", "bert")))
        assert sorted(receiver.paths) == [["/odd", "/odd"], ["/refuse", "/refuse"]]


@pytest.mark.parametrize("name", ["early hints", "a late answer of another kind"])
def test_the_log_says_what_each_webhook_responded(name: str, account: Account, worker: ModuleType) -> None:
    with receiving(ODD[name]) as receiver:
        both = receivers(receiver.port, None, ("anna", "anna"))
        for number, event in enumerate(EVENTS):
            deliveries = [Delivery.of(event, one, int(time.time())) for one in both]
            response = worker.handler(sqs_event(*(delivery.to_json() for delivery in deliveries)), None)
            retried = [failure["itemIdentifier"] for failure in response["batchItemFailures"]]
            records = [account.log.get("anna", delivery.delivery_id) for delivery in deliveries]
            logged = [(record.status, record.last and record.last["status"]) for record in records if record]
            first = ("pending", 500) if number else ("delivered", 200)
            assert logged == [first, ("pending", 500)]
            assert retried == (["message-0", "message-1"] if number else ["message-1"])
            receiver.send_late_bytes()
