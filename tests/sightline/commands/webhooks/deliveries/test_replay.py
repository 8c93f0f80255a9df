from tests.sightline.commands.webhooks.canned import prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_replay_sends_one_delivery_or_all_since_a_time(deployment: Deployment, run: Run) -> None:
    accepted = {"delivery_id": "dlv_1", "status": "pending", "links": {}}
    prepare(deployment, "/deliveries/dlv_1/replay", accepted)
    printed = run("webhooks", "replay", "dlv_1").stdout
    assert printed == "dlv_1  pending\nTo see its attempts: sightline webhooks delivery dlv_1\n"
    pages = [{"deliveries": 1000, "next_cursor": "c"}, {"deliveries": 7, "next_cursor": None}]
    prepare(deployment, "/webhooks/sub_1/replay", *pages)
    result = run("webhooks", "replay", "sub_1", "--since", "2026-11-21", "--status", "dropped")
    assert result.stdout == "1007 deliveries are sent again\n"
    assert [path for _, path, _ in deployment.requests][1:] == [
        "/webhooks/sub_1/replay?since=2026-11-21&status=dropped",
        "/webhooks/sub_1/replay?since=2026-11-21&status=dropped&cursor=c",
    ]
    assert "no_time" in run("webhooks", "replay", "sub_1").stderr


def test_a_redrive_prints_the_number_of_deliveries(deployment: Deployment, run: Run) -> None:
    prepare(deployment, "/webhooks/sub_1/redrive", *[{"deliveries": 1, "next_cursor": None}] * 2)
    assert run("webhooks", "redrive", "sub_1").stdout == "1 delivery is sent again\n"
    assert run("webhooks", "redrive", "sub_1", "--json").records == [{"deliveries": 1}]
