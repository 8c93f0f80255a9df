"""`sightline webhooks …` and `timeline` against a deployment that stands in."""

import json
from typing import Any

import pytest

from domain.event import TYPES
from integration.runtime.logged import STATUSES
from integration.runtime.registration import FIELDS
from sightline.commands.webhooks import change as webhooks
from sightline.commands.webhooks import group as webhook_arguments
from tests.sightline.conftest import Run
from tests.sightline.stand_in import Deployment, Trouble

WEBHOOK = {
    "webhook_id": "sub_1",
    "url": "https://example.com/hook",
    "events": ["image.recognized"],
    "labels": ["cat"],
    "min_confidence": 0.0,
    "description": "the till",
    "rate_limit": None,
    "created_at": "2026-11-21T12:00:00.000Z",
    "enabled": True,
    "disabled": None,
    "failing_since": None,
    "links": {"self": "…"},
}
ATTEMPT = {"attempt": 8, "at": "2026-11-21T12:00:01.000Z", "ms": 15001, "status": None, "error": "timeout"}
DELIVERY = {
    "delivery_id": "dlv_1",
    "webhook_id": "sub_1",
    "image_id": "img_1",
    "type": "image.recognized",
    "timestamp": "2026-11-21T12:00:00.000Z",
    "status": "dead",
    "reason": None,
    "tries": 8,
    "last_attempt": ATTEMPT,
    "next_attempt_at": None,
}


def answers(deployment: Deployment, path: str, *said: Any) -> None:
    """What the deployment answers next at this path."""
    deployment.troubles[path] = [Trouble(200, json.dumps(each)) for each in said]


def listed(*items: Any, cursor: str | None = None) -> dict[str, Any]:
    return {"items": items, "next_cursor": cursor}


def test_a_webhook_is_added_with_its_wishes_and_its_secret_shown(deployment: Deployment, run: Run) -> None:
    answers(deployment, "/webhooks", WEBHOOK | {"secret": "whsec_once"})
    ran = run("webhooks", "add", "https://example.com/hook", "--label", "cat", "--label", "dog", "--rate-limit", "60")
    assert deployment.asked == [
        ("POST", "/webhooks", {"url": "https://example.com/hook", "labels": ["cat", "dog"], "rate_limit": 60})
    ]
    assert "whsec_once" in ran.said
    *_, stands, keep = ran.said.splitlines()
    assert stands.split() == ["stands", "well"]
    assert keep == "Keep the secret: it is not shown again."


def test_the_list_says_how_each_stands(deployment: Deployment, run: Run) -> None:
    gone = WEBHOOK | {"disabled": {"reason": "gone", "at": "2026-11-21"}, "enabled": False}
    failing = WEBHOOK | {"failing_since": "2026-11-20"}
    answers(deployment, "/webhooks", listed(WEBHOOK, gone, failing))
    said = run("webhooks", "list").said
    assert "well" in said
    assert "disabled (gone) since 2026-11-21" in said
    assert "failing since 2026-11-20" in said


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
def test_each_command_asks_its_route(
    deployment: Deployment, run: Run, command: tuple[str, ...], method: str, path: str, body: Any
) -> None:
    answers(deployment, f"/webhooks/sub_1{path}", WEBHOOK)
    assert run("webhooks", *command).status == 0
    assert deployment.asked == [(method, f"/webhooks/sub_1{path}", body)]


def test_a_change_that_names_nothing_is_refused(deployment: Deployment, run: Run) -> None:
    ran = run("webhooks", "change", "sub_1")
    assert (ran.status, deployment.asked) == (1, [])
    assert "nothing_to_change" in ran.complained


def test_what_is_forgotten_is_as_if_it_had_never_been_said(deployment: Deployment, run: Run) -> None:
    answers(deployment, "/webhooks/sub_1", WEBHOOK)
    run("webhooks", "change", "sub_1", "--forget", "labels", "--forget", "rate_limit", "--min-confidence", "0.5")
    assert deployment.asked == [
        ("PATCH", "/webhooks/sub_1", {"labels": None, "rate_limit": None, "min_confidence": 0.5})
    ]


def test_one_that_is_disabled_says_the_way_back(deployment: Deployment, run: Run) -> None:
    gone = {"disabled": {"reason": "gone", "at": "2026-11-21T12:00:00.000Z"}, "enabled": False}
    answers(deployment, "/webhooks/sub_1", WEBHOOK | gone, WEBHOOK | gone | {"failing_since": "2026-11-16T12:00:00Z"})
    ways = [run("webhooks", command, "sub_1").said.splitlines()[-2:] for command in ("disable", "show")]
    for (enable, replay), since in zip(ways, ("2026-11-21", "2026-11-16"), strict=True):
        assert enable.endswith(": sightline webhooks enable sub_1")
        assert replay.endswith(f" sightline webhooks replay sub_1 --since {since} --status dropped")


def test_one_that_is_failing_says_how_it_is_tried_at_once(deployment: Deployment, run: Run) -> None:
    answers(deployment, "/webhooks/sub_1", WEBHOOK | {"failing_since": "2026-11-20T12:00:00Z"})
    assert run("webhooks", "show", "sub_1").said.splitlines()[-1].endswith(": sightline webhooks enable sub_1")


def test_one_that_can_be_sent_nothing_says_what_to_do(deployment: Deployment, run: Run) -> None:
    refused = {"code": "webhook_disabled", "detail": "The webhook is disabled.", "retryable": False}
    deployment.troubles["/webhooks/sub_1/test"] = [Trouble(409, json.dumps(refused))]
    ran = run("webhooks", "test", "sub_1")
    assert ran.status == 1
    assert ran.complained.endswith("sightline webhooks enable has it told again.\n")


def test_where_nothing_was_sent_or_given_up_that_is_said(deployment: Deployment, run: Run) -> None:
    for path in ("deliveries", "dead-letters"):
        answers(deployment, f"/webhooks/sub_1/{path}", listed())
    said = [run("webhooks", command, "sub_1").said for command in ("deliveries", "dead")]
    assert said == ["Nothing was sent.\n", "Nothing was given up.\n"]


def test_the_words_are_the_product_s() -> None:
    assert webhook_arguments._EVENTS == TYPES
    assert webhook_arguments._STATUSES == STATUSES
    assert set(webhooks.WISHES) == set(FIELDS)


def test_deliveries_and_dead_letters_are_listed(deployment: Deployment, run: Run) -> None:
    answers(deployment, "/webhooks", listed(WEBHOOK))
    for path in ("deliveries", "dead-letters"):
        answers(deployment, f"/webhooks/sub_1/{path}", listed(DELIVERY))
    told = ["2026-11-21T12:00:00.000Z", "image.recognized", "dead", "8", "timeout"]
    assert run("webhooks", "deliveries", "sub_1").said.splitlines()[-1].split() == ["dlv_1", *told]
    assert run("webhooks", "dead").said.splitlines()[-1].split() == ["dlv_1", "sub_1", *told]


def test_one_delivery_is_shown_with_its_attempts(deployment: Deployment, run: Run) -> None:
    shown = DELIVERY | {"attempts": [ATTEMPT | {"response": None}], "event": {}, "links": {}}
    answers(deployment, "/deliveries/dlv_1", shown)
    said = run("webhooks", "delivery", "dlv_1").said
    assert said.splitlines()[-1].split() == ["8", "2026-11-21T12:00:01.000Z", "timeout", "15001", "ms"]


def test_a_replay_is_of_one_delivery_or_of_all_since(deployment: Deployment, run: Run) -> None:
    accepted = {"delivery_id": "dlv_1", "status": "pending", "links": {}}
    answers(deployment, "/deliveries/dlv_1/replay", accepted)
    said = run("webhooks", "replay", "dlv_1").said
    assert said == "dlv_1  pending\nWhat comes of it: sightline webhooks delivery dlv_1\n"
    pages = [{"deliveries": 1000, "next_cursor": "c"}, {"deliveries": 7, "next_cursor": None}]
    answers(deployment, "/webhooks/sub_1/replay", *pages)
    ran = run("webhooks", "replay", "sub_1", "--since", "2026-11-21", "--status", "dropped")
    assert ran.said == "1007 deliveries are sent again\n"
    assert [path for _, path, _ in deployment.asked][1:] == [
        "/webhooks/sub_1/replay?since=2026-11-21&status=dropped",
        "/webhooks/sub_1/replay?since=2026-11-21&status=dropped&cursor=c",
    ]
    assert "no_time" in run("webhooks", "replay", "sub_1").complained


def test_a_redrive_says_how_many(deployment: Deployment, run: Run) -> None:
    answers(deployment, "/webhooks/sub_1/redrive", *[{"deliveries": 1, "next_cursor": None}] * 2)
    assert run("webhooks", "redrive", "sub_1").said == "1 delivery is sent again\n"
    assert run("webhooks", "redrive", "sub_1", "--json").records == [{"deliveries": 1}]


def test_a_timeline_tells_each_hop(deployment: Deployment, run: Run) -> None:
    hops = [
        {"at": "2026-11-21T12:00:00.000Z", "what": "recognized", "label": "cat", "detector": "edge"},
        {"at": "2026-11-21T12:00:01.000Z", "what": "corrected", "labels": ["fox", "dog"]},
        ATTEMPT | {"what": "attempt", "webhook_id": "sub_1"},
    ]
    answers(deployment, "/images/img_1/timeline", {"items": hops})
    rows = [line.rstrip().split(maxsplit=2) for line in run("timeline", "img_1").said.splitlines()[2:]]
    assert [row[1:] for row in rows] == [
        ["recognized", "cat, edge"],
        ["corrected", "fox, dog"],
        ["attempt", "timeout, sub_1"],
    ]
