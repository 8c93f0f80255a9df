from tests.sightline.commands.webhooks.canned import ATTEMPT, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_timeline_lists_every_step(deployment: Deployment, run: Run) -> None:
    steps = [
        {"at": "2026-11-21T12:00:00.000Z", "what": "recognized", "label": "cat", "detector": "edge"},
        {"at": "2026-11-21T12:00:01.000Z", "what": "corrected", "labels": ["fox", "dog"]},
        ATTEMPT | {"what": "attempt", "webhook_id": "sub_1"},
    ]
    prepare(deployment, "/images/img_1/timeline", {"items": steps})
    rows = [line.rstrip().split(maxsplit=2) for line in run("timeline", "img_1").stdout.splitlines()[2:]]
    assert [row[1:] for row in rows] == [
        ["recognized", "cat, edge"],
        ["corrected", "fox, dog"],
        ["attempt", "timeout, sub_1"],
    ]
