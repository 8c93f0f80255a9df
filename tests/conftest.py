"""Fixtures and settings of all tests: no sign-in, no quotas, credentials that open nothing, and moto loaded first."""

import io
import os
from collections.abc import Generator, Iterator
from typing import Any

import moto  # noqa: F401  (before any boto3 client exists, as moto asks)
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator
from PIL import Image
from xdist.remote import Producer

from tests.loopback_server import LoopbackServer, serving
from tests.scheduler import FileScheduler

os.environ |= {
    "AUTH": "none",
    "DAILY_SPEND": "0",
    "DAILY_UPLOADS": "0",
    "USAGE_TABLE": "usage",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "test",
}
for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
    os.environ.pop(name, None)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileScheduler:
    """Return the scheduler by which `pytest -n 2` distributes the tests."""
    return FileScheduler(config, log)


@pytest.fixture(autouse=True)
def validated_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have botocore validate each request to DynamoDB, also those of clients that do not validate."""
    base: Any = BaseClient
    call = base._make_api_call

    def validated(client: Any, operation: str, params: Any) -> Any:
        model = client.meta.service_model
        if model.service_name == "dynamodb":
            report = ParamValidator().validate(params, model.operation_model(operation).input_shape)
            if report.has_errors():
                raise ParamValidationError(report=report.generate_report())
        return call(client, operation, params)

    monkeypatch.setattr(base, "_make_api_call", validated)


@pytest.fixture(scope="session")
def region() -> str:
    """The region of the tests' AWS clients."""
    return os.environ["AWS_DEFAULT_REGION"]


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.effect_noise((160, 120), 64).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """A server on this machine whose responses the test sets."""
    with serving({}) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape half surrogate pairs in captured logs: xdist cannot send them from a worker."""
    report = yield
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report
