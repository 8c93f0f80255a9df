"""Where an added bundle goes: a folder of bundles, or the bucket the deployed function reads."""

import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from edge_ml.serving.trial.confinement import TrialError

PREFIX = "models"
BUILT_IN = str(Path(__file__).parents[1] / "models")
"""The folder that goes into the image."""


class Destination(Protocol):
    """Keeps a bundle; `place` is where."""

    def place(self, name: str, version: str) -> str:
        """Where a bundle of that name and version goes, in words."""

    def taken(self, name: str, version: str) -> bool:
        """Whether there is one already; raises TrialError."""

    def keep(self, bundle: Path, name: str, version: str) -> None:
        """Put the bundle's files there; raises TrialError."""


class Folder(NamedTuple):
    """A folder of bundles, such as the one that goes into the image."""

    path: Path

    def place(self, name: str, version: str) -> str:
        """A folder by the model's name: one version at a time."""
        return str(self.path / name)

    def taken(self, name: str, version: str) -> bool:
        """Whether there is one already, of whatever version."""
        return (self.path / name).exists()

    def keep(self, bundle: Path, name: str, version: str) -> None:
        """Copy the files over those of before; whatever else lies there stays."""
        shutil.copytree(bundle, self.path / name, dirs_exist_ok=True)


class Bucket(NamedTuple):
    """The bucket of an account, or of the emulator that AWS_ENDPOINT_URL names."""

    client: Any
    bucket: str

    def place(self, name: str, version: str) -> str:
        """A prefix by name and version: versions stand side by side."""
        return f"s3://{self.bucket}/{self._prefix(name, version)}"

    def taken(self, name: str, version: str) -> bool:
        """Whether anything lies under that prefix."""
        listed = self._ask("list_objects_v2", Prefix=self._prefix(name, version), MaxKeys=1)
        return bool(listed.get("KeyCount"))

    def keep(self, bundle: Path, name: str, version: str) -> None:
        """Upload the files, model.json last: without it the rest is no bundle yet."""
        for file in sorted(bundle.iterdir(), key=lambda file: file.name == "model.json"):
            self._ask("put_object", Key=self._prefix(name, version) + file.name, Body=file.read_bytes())

    def _ask(self, call: str, **what: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return dict(getattr(self.client, call)(Bucket=self.bucket, **what))
        except (BotoCoreError, ClientError) as error:
            raise TrialError("bucket_unavailable", f"The bucket {self.bucket} cannot be used: {error}") from error

    def _prefix(self, name: str, version: str) -> str:
        return f"{PREFIX}/{name}/{version}/"


def destination(to: str) -> Destination:
    """The folder or `s3://bucket/models/` meant by `to`; raises TrialError."""
    if not to.startswith("s3://"):
        return Folder(Path(to))
    from botocore.session import Session

    parts = urlsplit(to)
    if not parts.netloc or parts.path.strip("/") not in ("", PREFIX):
        raise TrialError("bad_destination", f"{to}: bundles are read from s3://<bucket>/{PREFIX}/ and nowhere else.")
    region = os.environ.get("AWS_REGION")  # botocore itself knows AWS_DEFAULT_REGION only
    return Bucket(Session().create_client("s3", region_name=region), parts.netloc)
