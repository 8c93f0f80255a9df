from tests.sightline.commands.webhooks.canned import ATTEMPT, DELIVERY, prepare
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment


def test_a_delivery_is_shown_with_its_attempts(deployment: Deployment, run: Run) -> None:
    delivery = DELIVERY | {"attempts": [ATTEMPT | {"response": None}], "event": {}, "links": {}}
    prepare(deployment, "/deliveries/dlv_1", delivery)
    printed = run("webhooks", "delivery", "dlv_1").stdout
    assert printed.splitlines()[-1].split() == ["8", "2026-11-21T12:00:01.000Z", "timeout", "15001", "ms"]
