"""Amazon Rekognition as a server on loopback, and the recognize worker that calls it."""

import importlib
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from local.loopback import serving
from recognition.detectors.runtime import rekognition as rekognition_module
from tests.recognition.conftest import Account
from tests.rekognition_server import Rekognition, handler

StartWorker = Callable[[str], ModuleType]


@pytest.fixture
def rekognition(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rekognition]:
    """Return the records of the server."""
    rekognition = Rekognition()
    with serving(handler(rekognition)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", url)
        yield rekognition


@pytest.fixture
def start_worker(account: Account, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch) -> StartWorker:
    """Return a function that starts the worker of a deployment with these detectors; its clients do not retry."""

    def start(detectors: str) -> ModuleType:
        monkeypatch.setattr(rekognition_module, "TIMEOUTS", {"retries": {"total_max_attempts": 1}})
        monkeypatch.setenv("DETECTORS", detectors)
        module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
        monkeypatch.setattr(module.detectors.edge, "_lambda", account.edge)
        return module

    return start
