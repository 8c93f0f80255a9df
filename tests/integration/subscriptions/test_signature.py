import json
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from integration.subscriptions.runtime.signature import headers, secret
from tests.integration.conftest import SIGNING_KEY

SPEC_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"type": "image.recognized", "data": {"name": "Katze – 猫.jpg"}}, ensure_ascii=False)


def test_the_standard_s_own_vector() -> None:
    assert headers([SPEC_SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', 1614265330) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_reference_library_signs_alike() -> None:
    ours = secret(SIGNING_KEY, "sub_1", 1)
    theirs = Webhook(ours).sign("dlv_1", datetime.fromtimestamp(1_800_000_000, UTC), BODY)
    assert headers([ours], "dlv_1", BODY, 1_800_000_000)["webhook-signature"] == theirs


def test_the_reference_library_verifies() -> None:
    ours = secret(SIGNING_KEY, "sub_1", 1)
    signed = headers([ours], "dlv_1", BODY, int(time.time()))
    assert Webhook(ours).verify(BODY.encode(), signed) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(ours).verify(BODY.encode() + b" ", signed)


def test_a_secret_is_32_bytes_and_always_the_same() -> None:
    assert secret(SIGNING_KEY, "sub_1", 1) == secret(SIGNING_KEY, "sub_1", 1)
    assert len(Webhook(secret(SIGNING_KEY, "sub_1", 1))._whsecret) == 32


def test_every_subscription_generation_and_deployment_has_its_own_secret() -> None:
    made = {secret(key, name, n) for key in (SIGNING_KEY, b"other") for name in ("sub_1", "sub_11") for n in (1, 2, 11)}
    assert len(made) == 12
