"""app.py, deployed by the real CDK CLI into an emulator."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local import cdk
from local.emulator import account
from local.emulator import process as emulator
from local.endpoints import API_ID, Endpoints, base_url, read_outputs
from local.processes import detached

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

SETTINGS = {
    "sign_up": "true",
    "detector": "edge",
    "rekognition": "false",
    "edge_package": "zip",
    "loopback": "true",
    "vendor": "false",
    "credentials": "cli",
    "concurrency": "2",
    "batching_seconds": "0",
}
"""The settings that differ on one machine, except for the addresses and `auth`."""

_APP = "python app.py"
_ASSETS = f"cdk-hnb659fds-assets-{account.ACCOUNT}-{account.REGION}"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment in one emulator; `outputs` are the outputs of all stacks by name."""

    directory: Path
    port: int
    endpoints: Endpoints
    outputs: Mapping[str, str]

    def client(self, service: str) -> Any:
        """Return a boto3 client of a service, signed by the account's root."""
        return account.client(service, self.port)


def settings(port: int, *, auth: str) -> dict[str, str]:
    """Return the settings of a deployment into the emulator on `port`."""
    return SETTINGS | {"auth": auth, "public_url": base_url(port), "tags": f"ms-custom-id={API_ID}"}


def with_rekognition(detector: str) -> dict[str, str]:
    """Return the settings of a deployment with a stand-in for Rekognition and this default detector."""
    return {"detector": detector, "rekognition": "true"}


def deploy(
    directory: Path,
    port: int,
    *,
    auth: str = "none",
    context: Mapping[str, str] | None = None,
    report: cdk.Report = cdk.ignore,
) -> Deployment:
    """Deploy every stack into the emulator on `port` and write `endpoints.json` into `directory`; raises CDKError.

    `context` takes precedence over the settings; `report` takes lines of progress.
    """
    s3: S3Client = account.client("s3", port)
    s3.create_bucket(Bucket=_ASSETS)
    absolute = directory.resolve()
    outputs_file = absolute / "outputs.json"
    outputs_file.unlink(missing_ok=True)
    cdk.run(
        "deploy", "--all", "--require-approval", "never", "--app", _APP,
        "--output", str(absolute / "cdk.out"), "--outputs-file", str(outputs_file),
        *cdk.context(settings(port, auth=auth) | dict(context or {})),
        endpoint=account.url(port), home=absolute / "cdk", log=detached.log_file(directory, "deploy"), report=report,
    )  # fmt: skip
    outputs = read_outputs(outputs_file)
    endpoints = Endpoints.from_outputs(port, outputs)
    endpoints.write(directory)
    return Deployment(directory, port, endpoints, outputs)


@contextmanager
def deployed(
    directory: Path,
    port: int,
    *,
    auth: str = "none",
    context: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Deployment]:
    """Start an emulator, deploy into it, and end it afterwards; all of its files are in `directory`.

    Functions see the variables of `environment`, too. Raises EmulatorError or CDKError.
    """
    emulator.start(directory, port, environment)
    try:
        yield deploy(directory, port, auth=auth, context=context)
    finally:
        emulator.end(directory)
