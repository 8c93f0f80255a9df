"""Signatures of Standard Webhooks 1.0.0, with secrets derived so that none is stored per subscription.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from typing import Any

_PREFIX = "whsec_"


def signing_key(secretsmanager: Any, arn: str) -> bytes:
    """The deployment's key, from which every subscription's secret derives."""
    return str(secretsmanager.get_secret_value(SecretId=arn)["SecretString"]).encode()


def secret(key: bytes, subscription_id: str, generation: int) -> str:
    """The secret a subscription verifies with; another generation has another."""
    derived = hmac.digest(key, f"{subscription_id}.{generation}".encode(), hashlib.sha256)
    return _PREFIX + base64.b64encode(derived).decode()


def headers(secret: str, delivery_id: str, body: str, at: int) -> dict[str, str]:
    """The headers that sign a body `at` a Unix time in seconds."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = hmac.digest(key, f"{delivery_id}.{at}.{body}".encode(), hashlib.sha256)
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
