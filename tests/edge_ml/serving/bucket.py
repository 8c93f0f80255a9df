"""A bucket of bundles under moto, and a clock that tests advance."""

import json
from pathlib import Path
from typing import Any, cast

from edge_ml.serving.bundle_store import LIST_MAX_AGE, BundleStore
from tests.edge_ml import samples

NAME = "models"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now

    def next_list(self) -> None:
        self.now += LIST_MAX_AGE


class Bucket:
    """Stores bundles as a user would, and records the function's calls to S3."""

    def __init__(self, s3: Any, scratch: Path) -> None:
        self.s3, self.scratch, self.clock = s3, scratch, Clock()
        self.calls: list[str] = []
        s3.create_bucket(Bucket=NAME)

    def store(self) -> BundleStore:
        """Return the function's store on this bucket."""
        return BundleStore(lambda: cast(Any, _Counting(self.s3, self.calls)), NAME, self.clock)

    def put_bundle(self, name: str, version: str, *, model: bytes | None = None, **changed: Any) -> None:
        """Store a bundle of the model of colors, or of another model file, under that name and version."""
        folder = samples.bundle(self.scratch / str(len(list(self.scratch.iterdir()))), name, version=version, **changed)
        if model is not None:
            (folder / "model.onnx").write_bytes(model)
        for file in folder.iterdir():
            self.put(f"{name}/{version}/{file.name}", file.read_bytes())

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=NAME, Key=f"models/{key}", Body=body)

    def relabel(self, name: str, version: str, labels: list[str]) -> None:
        """Replace model.json alone."""
        content = samples.model_json(name, version=version, labels=labels)
        self.put(f"{name}/{version}/model.json", json.dumps(content).encode())


class _Counting:
    def __init__(self, s3: Any, calls: list[str]) -> None:
        self._s3, self._calls = s3, calls

    def get_object(self, **request: Any) -> Any:
        self._calls.append(request["Key"])
        return self._s3.get_object(**request)

    def get_paginator(self, name: str) -> Any:
        self._calls.append("list")
        return self._s3.get_paginator(name)
