"""Leaks in a log: tokens, secrets, presigned queries, bytes of a picture and its metadata."""

import base64
import re
from collections.abc import Iterable, Iterator

from local import function_logs
from local.deployment import Deployment

KINDS = {
    "a token": r"eyJ[\w-]{5,}\.eyJ[\w-]{5,}|[Bb]earer (?!realm)\S",
    "a webhook's secret": r"whsec_\w",
    "a presigned query": r"(?i)X-Amz-(Signature|Credential|Security-Token|Algorithm)|AWSAccessKeyId=",
    "a form's policy": "eyJleHBpcmF0aW9u",  # {"expiration
    "an access key": r"\b(AKIA|ASIA)[A-Z0-9]{12,}",
    "a picture": r"/9j/\w|iVBORw0KGgo|\\xff\\xd8|JFIF|Exif\b",
    "a password": r"(?i)password\W+\w",
}


def leaks(log: str, texts: Iterable[str] = ()) -> set[str]:
    """Return the kinds of secret in a log, and those of `texts` that it contains."""
    kinds = {kind for kind, pattern in KINDS.items() if re.search(pattern, log)}
    return kinds | {text for text in texts if text in log}


def log_of(deployment: Deployment) -> str:
    """Return the logs of all functions."""
    file = deployment.directory / "logs/functions.log"
    function_logs.save(deployment.client("logs"), file)
    return file.read_text()


def secrets_of(deployment: Deployment) -> Iterator[str]:
    """Yield the deployment's stored secrets, from which all others derive."""
    manager = deployment.client("secretsmanager")
    for secret in manager.list_secrets()["SecretList"]:
        yield manager.get_secret_value(SecretId=secret["ARN"])["SecretString"]


def pieces(picture: bytes) -> Iterator[str]:
    """Yield bytes from the middle of a picture as a log would show them."""
    middle = picture[len(picture) // 2 :][:60]
    yield middle.hex()[:40]
    yield repr(middle)[2:30]
    yield from (base64.b64encode(middle[at:])[:40].decode() for at in range(3))
