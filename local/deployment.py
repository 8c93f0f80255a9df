"""app.py deployed by the real CDK CLI into an emulator, and where the result answers."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local import cdk
from local.emulator import process as emulator
from local.processes import detached

APP = "python app.py"
SETTINGS = {
    "sign_up": "true",
    "detector": "edge",
    "rekognition": "false",
    "edge_package": "zip",
    "loopback": "true",
    "vendor": "false",
    "credentials": "cli",
    "concurrency": "2",
}
"""What differs on one machine, save the addresses and `auth`."""

_API_ID = "51671e11"
_ASSETS = f"cdk-hnb659fds-assets-{emulator.ACCOUNT}-{emulator.REGION}"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a deployment answers: what `.local/endpoints.json` holds. The pool's are None when auth is off."""

    api: str
    aws_endpoint: str
    images_bucket: str
    models_bucket: str
    recognitions_table: str
    uploads_queue_url: str
    user_pool_id: str | None
    user_pool_client_id: str | None
    region: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment in one emulator; `outputs` are all outputs of all stacks by name."""

    directory: Path
    port: int
    endpoints: Endpoints
    outputs: Mapping[str, str]

    def client(self, service: str) -> Any:
        """A boto3 client that is the account's root."""
        return emulator.client(service, self.port)


def base_url(port: int) -> str:
    """The API's base URL, known before the deployment because its id is pinned."""
    return f"{emulator.url(port)}/_aws/execute-api/{_API_ID}"


def settings(port: int, *, auth: str) -> dict[str, str]:
    """The settings of a deployment into the emulator on `port`."""
    return SETTINGS | {"auth": auth, "public_url": base_url(port), "tags": f"ms-custom-id={_API_ID}"}


def deploy(
    directory: Path,
    port: int,
    *,
    auth: str = "none",
    app: str = APP,
    context: Mapping[str, str] | None = None,
    tell: cdk.Tell = cdk.silently,
) -> Deployment:
    """Deploy every stack of `app` into the emulator on `port` and write `endpoints.json` into `directory`."""
    emulator.client("s3", port).create_bucket(Bucket=_ASSETS)
    place = directory.resolve()
    written = place / "outputs.json"
    written.unlink(missing_ok=True)
    cdk.run(
        "deploy", "--all", "--require-approval", "never", "--app", app,
        "--output", str(place / "cdk.out"), "--outputs-file", str(written),
        *cdk.context(settings(port, auth=auth) | dict(context or {})),
        endpoint=emulator.url(port), home=place / "cdk", log=detached.log_file(directory, "deploy"), tell=tell,
    )  # fmt: skip
    outputs = _outputs(written)
    endpoints = _endpoints(port, outputs)
    (directory / "endpoints.json").write_text(json.dumps(asdict(endpoints), indent=2) + "\n")
    return Deployment(directory, port, endpoints, outputs)


@contextmanager
def deployed(
    directory: Path,
    port: int,
    *,
    auth: str = "none",
    app: str = APP,
    context: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Deployment]:
    """An emulator of one's own with `app` deployed into it, ended afterwards; all its files lie in `directory`."""
    emulator.start(directory, port, environment)
    try:
        yield deploy(directory, port, auth=auth, app=app, context=context)
    finally:
        emulator.end(directory)


def _outputs(written: Path) -> dict[str, str]:
    stacks = json.loads(written.read_text())
    return {name: _here(value) for outputs in stacks.values() for name, value in outputs.items()}


def _here(value: str) -> str:
    # Only browsers and curl know *.localhost, and localhost itself may mean ::1 first.
    return value.replace("http://localhost:", "http://127.0.0.1:")


def _endpoints(port: int, outputs: Mapping[str, str]) -> Endpoints:
    return Endpoints(
        api=base_url(port),
        aws_endpoint=emulator.url(port),
        images_bucket=outputs.get("ImagesBucket", ""),
        models_bucket=outputs.get("ModelsBucket", ""),
        recognitions_table=outputs.get("RecognitionsTable", ""),
        uploads_queue_url=outputs.get("UploadsQueueUrl", ""),
        user_pool_id=outputs.get("UserPoolId"),
        user_pool_client_id=outputs.get("UserPoolClientId"),
        region=emulator.REGION,
    )
