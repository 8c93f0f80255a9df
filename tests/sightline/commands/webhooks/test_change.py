from tests.sightline.commands.webhooks.canned import WEBHOOK, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_change_without_fields_is_refused(deployment: Deployment, run: Run) -> None:
    result = run("webhooks", "change", "sub_1")
    assert (result.status, deployment.requests) == (1, [])
    assert "nothing_to_change" in result.stderr


def test_a_forgotten_field_is_reset(deployment: Deployment, run: Run) -> None:
    prepare(deployment, "/webhooks/sub_1", WEBHOOK)
    run("webhooks", "change", "sub_1", "--forget", "labels", "--forget", "rate_limit", "--min-confidence", "0.5")
    assert deployment.requests == [
        ("PATCH", "/webhooks/sub_1", {"labels": None, "rate_limit": None, "min_confidence": 0.5})
    ]
