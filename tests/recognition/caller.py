"""Calls of recognition's functions under moto."""

import importlib
import json
from types import ModuleType
from typing import Any

import pytest

from domain.image import image_key
from tests.builders import IMAGE_ID, Context, http_request, s3_event, sqs_event
from tests.recognition.conftest import Account

ONE = {"image_id": IMAGE_ID}


def started(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a handler's module, loaded again in the current environment, with no quota."""
    for setting in ("DAILY_UPLOADS", "DAILY_SPEND"):
        monkeypatch.setenv(setting, "0")
    return importlib.reload(importlib.import_module(f"recognition.{name}"))


def call(module: ModuleType, route: str, *, owner: str = "ann", **request: Any) -> tuple[int, dict[str, Any]]:
    """Return status and JSON of the response to a signed-in caller."""
    response = module.handler(http_request(route, owner=owner, **request), Context())
    return response["statusCode"], json.loads(response["body"])


def upload(account: Account, recognize: ModuleType, name: str = "cat.jpg", image_id: str = IMAGE_ID) -> str:
    """Upload a picture of ann's and have it recognized; return its key."""
    key = image_key("ann", image_id, name)
    version = account.put(key)
    recognize.handler(sqs_event(s3_event(key, version=version)), Context())
    return key


def work_off(account: Account, recognize: ModuleType) -> list[str]:
    """Have the worker receive the messages of the uploads queue; return their bodies."""
    messages = account.sqs.receive_message(QueueUrl=account.uploads, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        assert recognize.handler(sqs_event(message["Body"]), Context()) == {"batchItemFailures": []}
    return [message["Body"] for message in messages]
