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
from functools import cached_property
from typing import Any, Self

from edge_ml.bundles.schema.fields import FieldError, Fields
from edge_ml.bundles.schema.input import Input
from edge_ml.bundles.schema.output import DECODINGS, Output
from edge_ml.pictures.letterbox import Fit

UNKNOWN = "unknown"


class BundleError(Exception):
    """A bundle that cannot be used; the text says why, in words for whoever made it."""


class ModelBundle:
    """What model.json says, and where it stands."""

    def __init__(self, folder: str, fields: Fields) -> None:
        """Raises FieldError."""
        self.folder = folder
        self.name, self.version = _name(fields), _version(fields)
        self.task = fields.one_of("task", DECODINGS)
        self.labels = fields.texts("labels")
        self.input = Input(fields.inner("input"))
        self.output = Output(fields.inner("output"), self.task, len(self.labels))
        self.license, self.source = fields.text("license"), fields.text("source", "")
        self.metrics = fields.items("metrics")
        if self.output.unknown_below and UNKNOWN in self.labels:
            raise FieldError(f"output.unknown_below adds the label {UNKNOWN!r}, which labels holds already.")

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Self:
        """Read and check `folder`/model.json; raises BundleError."""
        try:
            with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
                bundle = cls(os.fspath(folder), Fields(json.load(file)))
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


def _name(fields: Fields) -> str:
    name = fields.text("name")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}", name):
        raise FieldError(f"name must be 1 to 48 letters, digits, dots, hyphens or underscores, not {name!r}.")
    return name


def _version(fields: Fields) -> str:
    version = fields.text("version")
    if not re.fullmatch(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}", version, re.ASCII):
        raise FieldError(f"version must be three numbers such as 1.0.0, not {version!r}.")
    return version
