from tests.sightline.commands.webhooks.canned import WEBHOOK, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_disabled_webhook_says_how_to_enable_it_and_replay_what_was_dropped(deployment: Deployment, run: Run) -> None:
    gone = {"disabled": {"reason": "gone", "at": "2026-11-21T12:00:00.000Z"}, "enabled": False}
    prepare(deployment, "/webhooks/sub_1", WEBHOOK | gone, WEBHOOK | gone | {"failing_since": "2026-11-16T12:00:00Z"})
    hints = [run("webhooks", command, "sub_1").stdout.splitlines()[-2:] for command in ("disable", "show")]
    for (enable, replay), since in zip(hints, ("2026-11-21", "2026-11-16"), strict=True):
        assert enable.endswith(": sightline webhooks enable sub_1")
        assert replay.endswith(f" sightline webhooks replay sub_1 --since {since} --status dropped")


def test_a_failing_webhook_says_how_to_attempt_deliveries_at_once(deployment: Deployment, run: Run) -> None:
    prepare(deployment, "/webhooks/sub_1", WEBHOOK | {"failing_since": "2026-11-20T12:00:00Z"})
    assert run("webhooks", "show", "sub_1").stdout.splitlines()[-1].endswith(": sightline webhooks enable sub_1")


def test_the_state_of_a_resting_webhook_is_one_line(deployment: Deployment, run: Run) -> None:
    times = {"failing_since": "2026-11-20T12:00:00Z", "resting_until": "2026-11-20T12:10:00Z"}
    prepare(deployment, "/webhooks/sub_1", WEBHOOK | times)
    *_, state, enable = run("webhooks", "show", "sub_1").stdout.splitlines()
    assert state.split(maxsplit=1)[1] == "resting until 2026-11-20T12:10:00Z, failing since 2026-11-20T12:00:00Z"
    assert enable.endswith(": sightline webhooks enable sub_1")
