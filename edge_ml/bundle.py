"""A model bundle on disk: `model.onnx` and the `model.json` that says how to feed it and how to read it.

    {"name": letters, digits, dot, hyphen, underscore      "version": "1.2.3"
     "task": classify | detect | segment                   "labels": one text for each place in the output
     "input": {
       "name": the tensor's                                "layout": NCHW | NHWC
       "dtype": float32 | uint8 (raw pixels)               "size": [height, width]
       "resize": stretch | cover | letterbox (centred) | letterbox_corner (picture at the top left), padded with grey
       "channels": RGB | BGR
       "mean", "std": float32 only; three numbers in units of 0–255, in the order of `channels`},
     "output": {
       "name": the tensor's                                "decoding": one of the following
         classify  logits: softmax of (output ÷ "temperature", default 1)
                   probabilities: as they are, × "scale", default 1; 1/256 for a quantised output
                   "unknown_below": t; when the surest label is less sure, `unknown` joins with weight t
         detect    yolox: [1, A, 5 + labels], undecoded, strides 8, 16, 32
                   yolov8: [1, 4 + labels, A], also YOLO11's
         segment   class_scores: a score of each label for each pixel, in the input's layout
                   class_map: [1, H, W], each pixel's label
                   yolov8: [1, 4 + labels + M, A], with the output "masks": [1, M, H, W]
                   "background": the place of the label that is no object, default 0; not with yolov8},
     "license", "source": where it comes from, "metrics": {…} as its makers measured}

`labels` holds the background's label too, where there is one. Fields of other names are left alone.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from edge_ml.fields import FieldError, Fields
from edge_ml.fit import Fit
from edge_ml.input import Input
from edge_ml.output import DECODINGS, Output

UNKNOWN = "unknown"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}")
_VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")


class BundleError(Exception):
    """A bundle that cannot be used; the text says why, in words for whoever made it."""


@dataclass(frozen=True)
class ModelBundle:
    """What model.json says, and where it stands."""

    folder: str
    name: str
    version: str
    task: str
    labels: tuple[str, ...]
    input: Input
    output: Output
    license: str
    source: str
    metrics: Mapping[str, Any]

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Self:
        """Read and check `folder`/model.json; raises BundleError."""
        try:
            with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
                bundle = cls._read(os.fspath(folder), Fields(json.load(file)))
        except FieldError as error:
            raise BundleError(f"{os.path.basename(folder)}/model.json: {error}") from error
        except (OSError, ValueError, RecursionError) as error:
            name = os.path.basename(folder)
            raise BundleError(f"{name}/model.json cannot be read: {type(error).__name__}: {error}") from error
        if not os.path.isfile(bundle.path):
            raise BundleError(f"{os.path.basename(folder)}: there is no model.onnx.")
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

    @property
    def fit(self) -> Fit:
        """How a picture comes to the input's shape."""
        return self.input.fit

    def to_dict(self) -> dict[str, str]:
        """Which weights these are, as in every answer."""
        return {"name": self.name, "version": self.version, "digest": self.digest}

    def describe(self) -> dict[str, Any]:
        """All that a caller may want to know before asking."""
        return self.to_dict() | {
            "task": self.task,
            "labels": list(self.labels),
            "input_size": dict(zip(("width", "height"), self.fit.size, strict=True)),
            "metrics": dict(self.metrics),
            "license": self.license,
            "source": self.source,
        }

    @classmethod
    def _read(cls, folder: str, fields: Fields) -> Self:
        task, labels = fields.one_of("task", DECODINGS), fields.texts("labels")
        bundle = cls(
            folder=folder,
            name=fields.text("name"),
            version=fields.text("version"),
            task=task,
            labels=labels,
            input=Input.read(fields.inner("input")),
            output=Output.read(fields.inner("output"), task, len(labels)),
            license=fields.text("license"),
            source=fields.text("source", ""),
            metrics=fields.items("metrics"),
        )
        bundle._check()
        return bundle

    def _check(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise FieldError("name must be 1 to 48 letters, digits, dots, hyphens or underscores.")
        if not _VERSION.fullmatch(self.version):
            raise FieldError(f"version must be three numbers such as 1.0.0, not {self.version!r}.")
        if self.output.unknown_below and UNKNOWN in self.labels:
            raise FieldError(f"output.unknown_below adds the label {UNKNOWN!r}, which labels holds already.")
