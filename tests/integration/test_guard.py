"""The guard of every fetch guards every attempt, too."""

import socket
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from domain.clock import now
from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.registration import register
from tests.builders import image, recognition, sqs_event
from tests.certificates import Certificates
from tests.integration.conftest import Account, reloaded, subscription
from tests.loopback_server import response, serving
from wire.outbound.policy import Policy

HOST = "hook.example"
EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")
OUTSIDE = "93.184.215.14"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses to which the subscriber's name resolves."""
    found = [OUTSIDE]

    def getaddrinfo(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        if host.removesuffix(".") != HOST:
            return real(host, port, *args, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return found


@pytest.fixture
def in_an_account(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The deliver function with the settings of a deployment to an account."""
    monkeypatch.setenv("LOOPBACK", "false")
    loaded = reloaded("deliver.runtime.handler")
    yield loaded
    assert loaded.connections._idle == []


def attempted(account: Account) -> list[tuple[int, str | None]]:
    """Return the numbers and the errors of the attempts in the log."""
    return [(row["attempt"], row["error"]) for row in account.logged() if "attempt" in row]


def test_a_name_that_resolves_to_an_inside_address_later_is_refused_at_each_attempt(
    account: Account, in_an_account: ModuleType, addresses: list[str]
) -> None:
    receiver = register({"url": f"https://{HOST}/"}, "public", now(), Policy())
    account.subscriptions.add(receiver)
    message = Delivery.of(EVENT, receiver, int(time.time())).to_json()
    for attempt, inside in enumerate(("10.0.0.7", "169.254.169.254", "127.0.0.1"), start=1):
        addresses[:] = [OUTSIDE, inside]
        returned = in_an_account.handler(sqs_event(message, attempt=attempt), None)
        assert len(returned["batchItemFailures"]) == 1
    assert attempted(account) == [(1, "url_blocked"), (2, "url_blocked"), (3, "url_blocked")]


def test_a_subscriber_with_an_untrusted_certificate_receives_nothing(
    account: Account, worker: ModuleType, addresses: list[str]
) -> None:
    addresses[:] = ["127.0.0.1"]
    with serving({"/": response(b"")}, Certificates().server(HOST)) as server:
        receiver = subscription(0, f"https://{HOST}:{server.port}/")
        account.subscriptions.add(receiver)
        worker.handler(sqs_event(Delivery.of(EVENT, receiver, int(time.time())).to_json()), None)
        assert server.requests == []
    assert attempted(account) == [(1, "connect_failed")]
