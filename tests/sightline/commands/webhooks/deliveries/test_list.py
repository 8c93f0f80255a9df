from tests.sightline.commands.webhooks.canned import DELIVERY, WEBHOOK, page, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_an_empty_list_says_so(deployment: Deployment, run: Run) -> None:
    for path in ("deliveries", "dead-letters"):
        prepare(deployment, f"/webhooks/sub_1/{path}", page())
    printed = [run("webhooks", command, "sub_1").stdout for command in ("deliveries", "dead")]
    assert printed == ["There are no deliveries.\n", "There are no dead letters.\n"]


def test_deliveries_and_dead_letters_are_listed(deployment: Deployment, run: Run) -> None:
    prepare(deployment, "/webhooks", page(WEBHOOK))
    for path in ("deliveries", "dead-letters"):
        prepare(deployment, f"/webhooks/sub_1/{path}", page(DELIVERY))
    cells = ["2026-11-21T12:00:00.000Z", "image.recognized", "dead", "8", "timeout"]
    assert run("webhooks", "deliveries", "sub_1").stdout.splitlines()[-1].split() == ["dlv_1", *cells]
    assert run("webhooks", "dead").stdout.splitlines()[-1].split() == ["dlv_1", "sub_1", *cells]
