"""The destination of a bundle: a folder of bundles, or the bucket that the deployed function reads."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast
from urllib.parse import urlsplit

from edge_ml.serving.trial.trial_error import TrialError

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_s3.client import S3Client

PREFIX = "models"
BUILT_IN = str(Path(__file__).parents[1] / "models")
"""The folder whose bundles become part of the function's image."""


class Destination(Protocol):
    """A place that keeps bundles."""

    def place(self, name: str, version: str) -> str:
        """Return the path or URL of a bundle of that name and version."""

    def exists(self, name: str, version: str) -> bool:
        """Return whether there is such a bundle; raises TrialError."""

    def store(self, bundle: Path, name: str, version: str) -> None:
        """Store the files of the bundle in the folder `bundle`; raises TrialError."""


class Folder(NamedTuple):
    """A folder of bundles, such as `BUILT_IN`; it holds one version of each model."""

    path: Path

    def place(self, name: str, version: str) -> str:
        """Return the subfolder of the model."""
        return str(self.path / name)

    def exists(self, name: str, version: str) -> bool:
        """Return whether there is a bundle of that name, in any version."""
        return (self.path / name).exists()

    def store(self, bundle: Path, name: str, version: str) -> None:
        """Copy the files over those of the same names; other files stay."""
        shutil.copytree(bundle, self.path / name, dirs_exist_ok=True)


class Bucket(NamedTuple):
    """A bucket of an account, or of the emulator at AWS_ENDPOINT_URL; it holds versions side by side."""

    client: "S3Client"
    bucket: str

    def place(self, name: str, version: str) -> str:
        """Return the URL of the bundle's prefix."""
        return f"s3://{self.bucket}/{self._prefix(name, version)}"

    def exists(self, name: str, version: str) -> bool:
        """Return whether there is an object under the bundle's prefix."""
        with self._bucket_errors():
            listed = self.client.list_objects_v2(Bucket=self.bucket, Prefix=self._prefix(name, version), MaxKeys=1)
        return bool(listed.get("KeyCount"))

    def store(self, bundle: Path, name: str, version: str) -> None:
        """Upload the files, model.json last: without it the others are not a bundle."""
        for file in sorted(bundle.iterdir(), key=lambda file: file.name == "model.json"):
            with self._bucket_errors():
                key = self._prefix(name, version) + file.name
                self.client.put_object(Bucket=self.bucket, Key=key, Body=file.read_bytes())

    @contextmanager
    def _bucket_errors(self) -> Iterator[None]:
        """Translate the exceptions of botocore into TrialError."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise TrialError("bucket_unavailable", f"The bucket {self.bucket} cannot be used: {error}") from error

    def _prefix(self, name: str, version: str) -> str:
        return f"{PREFIX}/{name}/{version}/"


def destination(to: str) -> Destination:
    """Return the destination of a path, of `s3://bucket/models/` or of the URL of an API; raises TrialError."""
    parts = urlsplit(to)
    if parts.scheme in ("http", "https"):
        return _bucket(models_bucket(cast("CloudFormationClient", _client("cloudformation")), to))
    if not to.startswith("s3://"):
        return Folder(Path(to))
    if not parts.netloc or parts.path.strip("/") not in ("", PREFIX):
        raise TrialError("bad_destination", f"{to}: bundles are read from s3://<bucket>/{PREFIX}/ and nowhere else.")
    return _bucket(parts.netloc)


def models_bucket(client: "CloudFormationClient", api: str) -> str:
    """Return the models bucket of the deployment with this API, from the outputs of its stacks; raises TrialError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        stacks = [stack for page in client.get_paginator("describe_stacks").paginate() for stack in page["Stacks"]]
    except (BotoCoreError, ClientError) as error:
        raise TrialError("bucket_unavailable", f"The stacks of this account cannot be read: {error}") from error
    outputs = {
        stack["StackName"]: {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
        for stack in stacks
    }
    for name, of_stack in outputs.items():
        if of_stack.get("ApiUrl", "").rstrip("/") == api.rstrip("/"):
            return outputs[f"{name.removesuffix('APIStack')}RekognitionStack"]["ModelsBucket"]
    detail = f"No stack of this account and region has the API {api}: check your AWS credentials and the region."
    raise TrialError("bucket_unavailable", detail)


def _bucket(name: str) -> Bucket:
    return Bucket(cast("S3Client", _client("s3")), name)


def _client(service: str) -> object:
    from botocore.session import Session

    region = os.environ.get("AWS_REGION")  # botocore itself reads AWS_DEFAULT_REGION only
    return Session().create_client(service, region_name=region)
