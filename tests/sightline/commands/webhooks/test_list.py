from tests.sightline.commands.webhooks.canned import WEBHOOK, page, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_the_list_shows_the_state_of_each_webhook(deployment: Deployment, run: Run) -> None:
    gone = WEBHOOK | {"disabled": {"reason": "gone", "at": "2026-11-21"}, "enabled": False}
    failing = WEBHOOK | {"failing_since": "2026-11-20"}
    resting = failing | {"resting_until": "2026-11-22"}
    older = {name: value for name, value in failing.items() if name != "resting_until"}
    prepare(deployment, "/webhooks", page(WEBHOOK, gone, failing, resting, older))
    headings, _, *rows = run("webhooks", "list").stdout.splitlines()
    assert headings.split()[:2] == ["webhook_id", "state"]
    states = (
        "healthy",
        "disabled (gone) since 2026-11-21",
        " failing since 2026-11-20",
        "resting until 2026-11-22, failing since 2026-11-20",
        " failing since 2026-11-20",
    )
    assert all(state in row for state, row in zip(states, rows, strict=True))
