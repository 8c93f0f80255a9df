"""Signatures of Standard Webhooks 1.0.0, with secrets derived so that none is stored per subscription.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient

_PREFIX = "whsec_"


def signing_key(secretsmanager: "SecretsManagerClient", arn: str) -> bytes:
    """Return the deployment's key, from which every subscription's secret is derived."""
    return secretsmanager.get_secret_value(SecretId=arn)["SecretString"].encode()


def secret(key: bytes, subscription_id: str, generation: int) -> str:
    """Return the secret with which a subscriber verifies signatures; each generation has its own."""
    derived = hmac.digest(key, f"{subscription_id}.{generation}".encode(), hashlib.sha256)
    return _PREFIX + base64.b64encode(derived).decode()


def headers(secrets: Iterable[str], delivery_id: str, body: str, at: int) -> dict[str, str]:
    """Return the headers that sign a body `at` a Unix time in seconds.

    They hold one signature for each secret; a receiver accepts any one of them.
    """
    signed = f"{delivery_id}.{at}.{body}".encode()
    keys = (base64.b64decode(secret.removeprefix(_PREFIX)) for secret in secrets)
    signatures = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
