"""The addresses of a deployment: the content of `.local/endpoints.json`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from local.emulator import account

API_ID = "51671e11"
"""The id of the API, pinned by a tag, so that its URL is known before the deployment."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses and names that callers of a deployment need; those of the user pool are None without sign-in."""

    api: str
    aws_endpoint: str
    images_bucket: str
    models_bucket: str
    recognitions_table: str
    uploads_queue_url: str
    user_pool_id: str | None
    user_pool_client_id: str | None
    region: str

    @classmethod
    def from_outputs(cls, port: int, outputs: Mapping[str, str]) -> Self:
        """Read the outputs of the stacks that were deployed into the emulator on `port`."""
        return cls(
            api=base_url(port),
            aws_endpoint=account.url(port),
            images_bucket=outputs.get("ImagesBucket", ""),
            models_bucket=outputs.get("ModelsBucket", ""),
            recognitions_table=outputs.get("RecognitionsTable", ""),
            uploads_queue_url=outputs.get("UploadsQueueUrl", ""),
            user_pool_id=outputs.get("UserPoolId"),
            user_pool_client_id=outputs.get("UserPoolClientId"),
            region=account.REGION,
        )

    def write(self, directory: Path) -> None:
        """Write `endpoints.json` into a directory."""
        (directory / "endpoints.json").write_text(json.dumps(asdict(self), indent=2) + "\n")


def base_url(port: int) -> str:
    """Return the base URL of the API in the emulator on `port`."""
    return f"{account.url(port)}/_aws/execute-api/{API_ID}"


def read_outputs(file: Path) -> dict[str, str]:
    """Read the outputs of all stacks, by name, from the file that the CDK CLI wrote."""
    stacks = json.loads(file.read_text())
    return {name: _reachable(value) for outputs in stacks.values() for name, value in outputs.items()}


def _reachable(value: str) -> str:
    # Only browsers and curl resolve *.localhost, and localhost itself may resolve to ::1 first.
    return value.replace("http://localhost:", "http://127.0.0.1:")
