"""What no log may hold: tokens, secrets, presigned queries, anything of a picture or of what its camera noted."""

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


def leaks(log: str, told: Iterable[str] = ()) -> set[str]:
    """The kinds of secret that a log holds, and those of the very texts that were `told` to the deployment."""
    kinds = {kind for kind, pattern in KINDS.items() if re.search(pattern, log)}
    return kinds | {text for text in told if text in log}


def log_of(deployment: Deployment) -> str:
    """All that all functions have logged."""
    file = deployment.directory / "logs/functions.log"
    function_logs.save(deployment.client("logs"), file)
    return file.read_text()


def secrets_of(deployment: Deployment) -> Iterator[str]:
    """Every secret the deployment keeps: the keys from which others derive."""
    manager = deployment.client("secretsmanager")
    for secret in manager.list_secrets()["SecretList"]:
        yield manager.get_secret_value(SecretId=secret["ARN"])["SecretString"]


def pieces(picture: bytes) -> Iterator[str]:
    """How some of a picture's bytes, not the first, would look in a log."""
    middle = picture[len(picture) // 2 :][:60]
    yield middle.hex()[:40]
    yield repr(middle)[2:30]
    yield from (base64.b64encode(middle[at:])[:40].decode() for at in range(3))
