from tests.sightline.commands.webhooks.canned import WEBHOOK, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_webhook_is_registered_with_its_fields_and_its_secret_is_shown(deployment: Deployment, run: Run) -> None:
    prepare(deployment, "/webhooks", WEBHOOK | {"secret": "whsec_once"})
    result = run(
        "webhooks", "add", "https://example.com/hook", "--label", "cat", "--label", "dog", "--rate-limit", "60"
    )
    assert deployment.requests == [
        ("POST", "/webhooks", {"url": "https://example.com/hook", "labels": ["cat", "dog"], "rate_limit": 60})
    ]
    assert "whsec_once" in result.stdout
    *_, state, keep = result.stdout.splitlines()
    assert state.split() == ["state", "healthy"]
    assert keep == "Keep the secret: it is not shown again."
