"""The bucket that bundles are dropped into, under models/<name>/<version>/: what lies there, and its files."""

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from edge_ml.bundles.model_reference import Identity

PREFIX = "models/"
LISTED_SECONDS = 10
MISSED_SECONDS = 1
"""A name that is not in the list may have been dropped just now: then a list may be no older than this."""

MOST_BYTES = 250_000_000
"""Of one bundle: the function has 512 MB of disk, and holds a few bundles."""

_PLACE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,47})/((?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2})")
_FILE = re.compile(r"model\.json|model\.onnx|MODEL_CARD\.md|advice/[^/\0]{1,60}\.md")
_PARTS = ("model.json", "model.onnx")


class StoreError(Exception):
    """The bucket cannot be read just now; asking again may help."""


class StoredFile(NamedTuple):
    """One file of a bundle, as listed: `name` is its path within the bundle."""

    name: str
    key: str
    etag: str
    size: int


class StoredBundle(NamedTuple):
    """One bundle as listed; it equals another when all files are the same by their ETags."""

    identity: Identity
    files: tuple[StoredFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @property
    def fault(self) -> str | None:
        """Why it is not even worth fetching."""
        missing = [part for part in _PARTS if part not in {file.name for file in self.files}]
        if missing:
            return f"{self.identity}: there is no {missing[0]}."
        if self.size > MOST_BYTES:
            return f"{self.identity}: {self.size} bytes are more than {MOST_BYTES // 1_000_000} MB."
        return None


class Store:
    """The bundles in the bucket, none where it has no name.

    `misplaced` are keys of models that lie under no name and version.
    """

    def __init__(self, client: Callable[[], Any], bucket: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._bucket, self._clock = client, bucket, clock
        self._listed_at = -float(LISTED_SECONDS)
        self._bundles: Mapping[Identity, StoredBundle] | None = None
        self._error = ""
        self.misplaced: list[str] = []

    def bundles(self, *, seconds: int = LISTED_SECONDS) -> Mapping[Identity, StoredBundle]:
        """What lay there at most so many seconds ago, or when it could last be listed; raises StoreError if never."""
        if not self._bucket:
            return {}
        if self._clock() - self._listed_at >= seconds:
            self._listed_at = self._clock()
            self._list()
        if self._bundles is None:
            raise StoreError(self._error)
        return self._bundles

    def fetch(self, bundle: StoredBundle, folder: str) -> None:
        """Put the bundle's files into the folder; raises StoreError, also when one was replaced since it was listed."""
        for file in bundle.files:
            path = os.path.join(folder, *file.name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            try:
                self._asking(self._fetch, file, path)
            except StoreError:
                self._listed_at = -float(LISTED_SECONDS)  # it may be gone or replaced
                raise

    def _fetch(self, file: StoredFile, path: str) -> None:
        body = self._client().get_object(Bucket=self._bucket, Key=file.key, IfMatch=file.etag)["Body"]
        with open(path, "wb") as target:
            target.writelines(body.iter_chunks(1 << 20))

    def _list(self) -> None:
        try:
            objects = self._asking(self._objects)
        except StoreError as error:
            self._error = str(error)
            print(f"models: {error}")
        else:
            self._bundles = _grouped(objects)
            self.misplaced = [each["Key"] for each in objects if _is_misplaced(each["Key"])]

    def _objects(self) -> list[Mapping[str, Any]]:
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=PREFIX)
        return [each for page in pages for each in page.get("Contents", ())]

    def _asking(self, work: Callable[..., Any], *what: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return work(*what)
        except (BotoCoreError, ClientError, OSError) as error:
            raise StoreError(f"The bucket {self._bucket} cannot be read: {error}") from error


def _is_misplaced(key: str) -> bool:
    return key.endswith(_PARTS) and not _PLACE.match(key, len(PREFIX))


def _grouped(objects: Iterable[Mapping[str, Any]]) -> dict[Identity, StoredBundle]:
    found: dict[Identity, list[StoredFile]] = {}
    for each in objects:
        place = _PLACE.match(each["Key"], len(PREFIX))
        name = each["Key"][place.end() + 1 :] if place else ""
        if place and each["Key"][place.end()] == "/" and _FILE.fullmatch(name):
            file = StoredFile(name, each["Key"], each["ETag"], each["Size"])
            found.setdefault(Identity(place[1], place[2]), []).append(file)
    return {identity: StoredBundle(identity, tuple(files)) for identity, files in found.items()}
