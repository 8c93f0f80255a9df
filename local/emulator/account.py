"""The emulated AWS account: its id, its region, its root's key, its URL and clients."""

from typing import Any

import boto3

ACCOUNT = "000000000000"
REGION = "us-east-1"
ROOT_KEY = "test"
"""The access key, and the secret, that MiniStack accepts for the account's root."""


def url(port: int) -> str:
    """Return the URL of every AWS service of the emulator on `port`."""
    return f"http://127.0.0.1:{port}"


def client(service: str, port: int) -> Any:
    """Return a boto3 client of a service, signed by the account's root; the caller names its type."""
    return boto3.client(
        service,
        endpoint_url=url(port),
        region_name=REGION,
        aws_access_key_id=ROOT_KEY,
        aws_secret_access_key=ROOT_KEY,
    )
