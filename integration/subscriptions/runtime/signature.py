"""Signatures of Standard Webhooks 1.0.0, with secrets derived so that none is stored per subscription.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

_PREFIX = "whsec_"


def signing_key(secretsmanager: Any, arn: str) -> bytes:
    """The deployment's key, from which every subscription's secret derives."""
    return str(secretsmanager.get_secret_value(SecretId=arn)["SecretString"]).encode()


def secret(key: bytes, subscription_id: str, generation: int) -> str:
    """The secret a subscription verifies with; another generation has another."""
    derived = hmac.digest(key, f"{subscription_id}.{generation}".encode(), hashlib.sha256)
    return _PREFIX + base64.b64encode(derived).decode()


def headers(secrets: Iterable[str], delivery_id: str, body: str, at: int) -> dict[str, str]:
    """The headers that sign a body `at` a Unix time in seconds: a signature by each secret, of which one will do."""
    signed = f"{delivery_id}.{at}.{body}".encode()
    keys = (base64.b64decode(each.removeprefix(_PREFIX)) for each in secrets)
    made = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{each}" for each in made),
    }
