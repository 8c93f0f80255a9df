"""The bundle store: model bundles in a bucket, under models/<name>/<version>/."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from edge_ml.bundles.model_reference import NAME_PATTERN, VERSION_PATTERN, ModelIdentity
from edge_ml.bundles.public_text import without_paths

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import ObjectTypeDef

PREFIX = "models/"
LIST_MAX_AGE = 10
MISS_MAX_AGE = 1
"""Seconds for which a list of the bucket is used; fewer for a name that is not in it, which may be new."""

MAX_BYTES = 250_000_000
"""The limit for one bundle: the function has 512 MB of disk, and holds several bundles."""

_PLACE = re.compile(f"({NAME_PATTERN})/({VERSION_PATTERN})")
_FILES = ("model.json", "model.onnx")
"""The files of a bundle that are read: no other one, such as a card, can hold weights beside model.onnx."""


class StoreError(Exception):
    """The bucket cannot be read at the moment; a retry may succeed."""


class StoredFile(NamedTuple):
    """One file of a bundle, as listed; `name` is its path within the bundle."""

    name: str
    key: str
    etag: str
    size: int


class StoredBundle(NamedTuple):
    """One bundle, as listed; two are equal when all their files have the same ETags."""

    identity: ModelIdentity
    files: tuple[StoredFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @property
    def fault(self) -> str | None:
        """The reason that the bundle cannot be used as listed, or None."""
        missing = [name for name in _FILES if name not in {file.name for file in self.files}]
        if missing:
            return f"{self.identity}: there is no {missing[0]}."
        if self.size > MAX_BYTES:
            return f"{self.identity}: {self.size} bytes are more than {MAX_BYTES // 1_000_000} MB."
        return None


class BundleStore:
    """The bundles in the bucket; no bundles where the name of the bucket is empty.

    `misplaced` lists the keys of models that are not under a name and a version.
    """

    def __init__(
        self, client: "Callable[[], S3Client]", bucket: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._bucket, self._clock = client, bucket, clock
        self._listed_at = -float(LIST_MAX_AGE)
        self._bundles: Mapping[ModelIdentity, StoredBundle] | None = None
        self._error = ""
        self.misplaced: list[str] = []

    def bundles(self, *, max_age: int = LIST_MAX_AGE) -> Mapping[ModelIdentity, StoredBundle]:
        """Return the bundles as of at most `max_age` seconds ago.

        Where the bucket cannot be listed, return the last list; raises StoreError where there is none.
        """
        if not self._bucket:
            return {}
        if self._clock() - self._listed_at >= max_age:
            self._listed_at = self._clock()
            self._refresh()
        if self._bundles is None:
            raise StoreError(self._error)
        return self._bundles

    def fetch(self, bundle: StoredBundle, folder: str) -> None:
        """Write the bundle's files into the folder; raises StoreError, also where one changed since the listing."""
        for file in bundle.files:
            path = os.path.join(folder, *file.name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            try:
                with self._store_errors():
                    self._fetch_file(file, path)
            except StoreError:
                self._listed_at = -float(LIST_MAX_AGE)  # the file may have been deleted or replaced: list again
                raise

    def _fetch_file(self, file: StoredFile, path: str) -> None:
        body = self._client().get_object(Bucket=self._bucket, Key=file.key, IfMatch=file.etag)["Body"]
        with open(path, "wb") as target:
            target.writelines(body.iter_chunks(1 << 20))

    def _refresh(self) -> None:
        try:
            with self._store_errors():
                objects = self._list_objects()
        except StoreError as error:
            self._error = str(error)
            print(f"models: {error}")
        else:
            self._bundles = _group(objects)
            self.misplaced = [entry["Key"] for entry in objects if _is_misplaced(entry["Key"])]

    def _list_objects(self) -> "list[ObjectTypeDef]":
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=PREFIX)
        return [entry for page in pages for entry in page.get("Contents", ())]

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """Translate the exceptions of botocore and the file system into StoreError."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError, OSError) as error:
            raise StoreError(without_paths(f"The bucket {self._bucket} cannot be read: {error}")) from error


def _is_misplaced(key: str) -> bool:
    return key.endswith(_FILES) and not _PLACE.match(key, len(PREFIX))


def _group(objects: "Sequence[ObjectTypeDef]") -> dict[ModelIdentity, StoredBundle]:
    """Group the files of bundles by model; other objects are ignored."""
    files: dict[ModelIdentity, list[StoredFile]] = {}
    for entry in objects:
        key = entry["Key"]
        place = _PLACE.match(key, len(PREFIX))
        name = key[place.end() + 1 :] if place else ""
        if place and key.startswith("/", place.end()) and name in _FILES:
            file = StoredFile(name, key, entry["ETag"], entry["Size"])
            files.setdefault(ModelIdentity(place[1], place[2]), []).append(file)
    return {identity: StoredBundle(identity, tuple(of_bundle)) for identity, of_bundle in files.items()}
