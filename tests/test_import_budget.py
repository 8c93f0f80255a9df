"""The modules that a handler loads at its start: their number is bounded, and some are excluded.

The tests count modules, because times differ between machines.
"""

import json
import subprocess
import sys

import pytest

from tests.benchmarks.start import ENVIRONMENT
from tests.stacks import resources

TRACERS = {"aws_xray_sdk", "ddtrace", "opentelemetry"}
OWN = {"api", "domain", "integration", "recognition", "wire"}
"""Packages of this repository: they cost little, and the budgets count only modules of Python and of other packages."""

NEVER = TRACERS | {"asyncio", "boto3", "cv2", "httpx", "multiprocessing", "numpy", "PIL", "pydantic", "requests"}
BUDGETS = {
    "api.auth.runtime.authorizer": 269,
    "api.docs.runtime.handler": 170,
    "api.ingest.runtime.handler": 342,
    "recognition.recognize.runtime.handler": 342,
    "recognition.images.runtime.read.handler": 342,
    "recognition.images.runtime.amend.handler": 342,
    "recognition.classify.runtime.handler": 342,
    "recognition.images.runtime.erase.handler": 342,
    "recognition.images.runtime.export.handler": 344,
    "integration.subscriptions.runtime.handler": 342,
    "integration.deliveries.runtime.handler": 342,
    "integration.timeline.runtime.handler": 342,
    "integration.dispatch.runtime.handler": 342,
    "integration.deliver.runtime.handler": 205,
}


def loaded(module: str) -> set[str]:
    """Return the modules of a new interpreter after it has imported the handler's module."""
    code = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return set(json.loads(result.stdout))


@pytest.mark.parametrize(("module", "budget"), BUDGETS.items())
def test_a_handler_loads_no_more_than_its_budget(module: str, budget: int) -> None:
    modules = loaded(module)
    foreign = [name for name in modules if name.partition(".")[0] not in OWN]
    assert len(foreign) <= budget
    assert not NEVER & modules


def test_every_function_has_a_budget() -> None:
    handlers = [function["Properties"].get("Handler") for _, function in resources("AWS::Lambda::Function")]
    assert {handler.rpartition(".")[0] for handler in handlers if handler} == set(BUDGETS)


def test_no_function_loads_a_tracer_of_its_own() -> None:
    assert not [module for module in (*BUDGETS, "edge_ml.handler") if TRACERS & loaded(module)]


@pytest.mark.parametrize("module", ["api.auth.runtime.authorizer", "integration.deliver.runtime.handler"])
def test_these_start_without_aws(module: str) -> None:
    assert not {"botocore.session", "urllib3"} & loaded(module)


def test_the_edge_function_loads_only_the_modules_of_a_classifier() -> None:
    later = {
        "botocore",
        "edge_ml.storage.signed_get",
        "concurrent.futures",
        "contourpy",
        "dataclasses",
        "edge_ml.inference.boxes.proposals",
        "edge_ml.inference.decoders.semantic_segmentation",
        "tempfile",
    }
    assert not later & loaded("edge_ml.handler")


def test_the_edge_function_reads_from_s3_without_an_http_library() -> None:
    read = {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}
    start = f"edge_ml.handler, os; os.environ |= {read}; from edge_ml.storage.objects import reader; reader()"
    assert not {"botocore.session", "email.parser", "http.client", "urllib3"} & loaded(start + "; import json")
