"""A model bundle on disk: `model.onnx` and the `model.json` that says how to feed it and how to read it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from edge_ml.fit import RESIZES, Fit

_MUST_BE = {
    ("task",): "classify",
    ("input", "layout"): "NCHW",
    ("input", "dtype"): "float32",
    ("input", "channels"): "RGB",
    ("output", "decoding"): "logits",
}


class BundleError(Exception):
    """A bundle that cannot be used; the text says why, in words for whoever made it."""


@dataclass(frozen=True)
class ModelBundle:
    """What model.json says; mean and std are in units of 0–255, one for each of red, green and blue."""

    folder: str
    name: str
    version: str
    labels: tuple[str, ...]
    fit: Fit
    mean: tuple[float, ...]
    std: tuple[float, ...]
    input_name: str
    output_name: str
    temperature: float
    license: str
    metrics: Mapping[str, Any]

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Self:
        """Read and check `folder`/model.json; raises BundleError."""
        try:
            with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
                bundle = cls._from_dict(os.fspath(folder), json.load(file))
        except (OSError, KeyError, TypeError, ValueError) as error:
            name = os.path.basename(folder)
            raise BundleError(f"{name}/model.json: {type(error).__name__}: {error}") from error
        bundle._check()
        return bundle

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of model.onnx; computed once, when first asked for."""
        import hashlib  # OpenSSL would cost the start more than all of this package's own modules

        with open(self.path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def path(self) -> str:
        """The model file."""
        return os.path.join(self.folder, "model.onnx")

    def to_dict(self) -> dict[str, str]:
        """Which weights these are, as in every answer."""
        return {"name": self.name, "version": self.version, "digest": self.digest}

    def describe(self) -> dict[str, Any]:
        """All that a caller may want to know before asking."""
        return self.to_dict() | {
            "task": "classify",
            "labels": list(self.labels),
            "input_size": dict(zip(("width", "height"), self.fit.size, strict=True)),
            "metrics": dict(self.metrics),
            "license": self.license,
        }

    @classmethod
    def _from_dict(cls, folder: str, given: Mapping[str, Any]) -> Self:
        for (*path, last), value in _MUST_BE.items():
            holder = given[path[0]] if path else given
            if holder[last] != value:
                raise BundleError(
                    f"{os.path.basename(folder)}: {'.'.join((*path, last))} must be {value!r}, not {holder[last]!r}."
                )
        fed, read = given["input"], given["output"]
        height, width = map(int, fed["size"])
        return cls(
            folder=folder,
            name=given["name"],
            version=given["version"],
            labels=tuple(given["labels"]),
            fit=Fit((width, height), fed["resize"]),
            mean=tuple(map(float, fed["mean"])),
            std=tuple(map(float, fed["std"])),
            input_name=fed["name"],
            output_name=read["name"],
            temperature=float(read.get("temperature", 1.0)),
            license=given["license"],
            metrics=given.get("metrics", {}),
        )

    def _check(self) -> None:
        wrong = next((reason for reason, holds in self._promises().items() if not holds), None)
        if wrong:
            raise BundleError(f"{os.path.basename(self.folder)}: {wrong}.")

    def _promises(self) -> dict[str, bool]:
        return {
            "the name in model.json is not the folder's": self.name == os.path.basename(self.folder),
            "there is no model.onnx": os.path.isfile(self.path),
            "there are no labels": bool(self.labels),
            "a label stands twice": len(set(self.labels)) == len(self.labels),
            f"input.resize must be one of {', '.join(RESIZES)}": self.fit.resize in RESIZES,
            "input.size must be positive": min(self.fit.size) > 0,
            "input.mean and input.std need three numbers each": len(self.mean) == len(self.std) == 3,
            "input.std must be positive": min(self.std, default=0) > 0,
            "output.temperature must be positive": self.temperature > 0,
        }
