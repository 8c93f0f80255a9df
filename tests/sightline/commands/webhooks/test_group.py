import json
from typing import Any

import pytest

from domain.event import TYPES
from integration.deliveries.runtime.log.row import STATUSES
from integration.subscriptions.runtime.registration import FIELDS
from sightline.commands.webhooks import fields
from sightline.commands.webhooks.deliveries import list as deliveries
from tests.sightline.commands.webhooks.canned import WEBHOOK, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment, Response


@pytest.mark.parametrize(
    ("command", "method", "path", "body"),
    [
        (("change", "sub_1", "--url", "https://new.example/"), "PATCH", "", {"url": "https://new.example/"}),
        (("enable", "sub_1"), "PATCH", "", {"enabled": True}),
        (("disable", "sub_1"), "PATCH", "", {"enabled": False}),
        (("rotate", "sub_1"), "POST", "/rotate", b""),
        (("show", "sub_1"), "GET", "", b""),
        (("delete", "sub_1"), "DELETE", "", b""),
    ],
)
def test_a_command_calls_its_route(
    deployment: Deployment, run: Run, command: tuple[str, ...], method: str, path: str, body: Any
) -> None:
    prepare(deployment, f"/webhooks/sub_1{path}", WEBHOOK)
    assert run("webhooks", *command).status == 0
    assert deployment.requests == [(method, f"/webhooks/sub_1{path}", body)]


def test_event_types_statuses_and_fields_are_those_of_the_api() -> None:
    assert fields.EVENTS == TYPES
    assert deliveries.STATUSES == STATUSES
    assert set(fields.FIELDS) == set(FIELDS)


def test_a_disabled_webhook_says_how_to_enable_it(deployment: Deployment, run: Run) -> None:
    refused = {"code": "webhook_disabled", "detail": "The webhook is disabled.", "retryable": False}
    deployment.responses["/webhooks/sub_1/test"] = [Response(409, json.dumps(refused))]
    result = run("webhooks", "test", "sub_1")
    assert result.status == 1
    assert result.stderr.endswith("Run sightline webhooks enable to resume its deliveries.\n")
