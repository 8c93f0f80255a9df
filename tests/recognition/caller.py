"""The unit's functions as callers meet them, under moto."""

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
    """A handler's module, started anew in the environment as it is now, with no quota."""
    for setting in ("DAILY_UPLOADS", "DAILY_SPEND"):
        monkeypatch.setenv(setting, "0")
    return importlib.reload(importlib.import_module(f"recognition.{name}"))


def ask(module: ModuleType, route: str, *, owner: str = "ann", **given: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer to a signed-in caller."""
    answer = module.handler(http_request(route, owner=owner, **given), Context())
    return answer["statusCode"], json.loads(answer["body"])


def arrive(account: Account, recognize: ModuleType, name: str = "cat.jpg", image_id: str = IMAGE_ID) -> str:
    """Upload a picture of ann's and have it recognised; answers its key."""
    key = image_key("ann", image_id, name)
    version = account.put(key)
    recognize.handler(sqs_event(s3_event(key, version=version)), Context())
    return key


def work_off(account: Account, recognize: ModuleType) -> list[str]:
    """Have the recogniser take what lies in the uploads queue; answers the messages."""
    messages = account.sqs.receive_message(QueueUrl=account.uploads, MaxNumberOfMessages=10).get("Messages", [])
    for each in messages:
        assert recognize.handler(sqs_event(each["Body"]), Context()) == {"batchItemFailures": []}
    return [each["Body"] for each in messages]
