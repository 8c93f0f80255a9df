"""A model bundle on disk: `model.onnx`, and the `model.json` that describes its input and output.

    {"name": letters, digits, dot, hyphen, underscore      "version": "1.2.3"
     "task": classify | detect | segment                   "labels": one text per index of the output
     "input": {
       "name": of the tensor                               "layout": NCHW | NHWC
       "dtype": float32 | uint8 (raw pixels)               "size": [height, width]
       "resize": stretch | cover | letterbox (centered) | letterbox_corner (picture at the top left), padded with gray
       "channels": RGB | BGR
       "oversampling": 1 to 8; large pictures are decoded at no less than so many pixels for a pixel of the input, along
         a side; default 1.5 for classify, 2 for detect and segment
       "mean", "std": float32 only; three numbers in units of 0–255, in the order of `channels`},
     "output": {
       "name": of the tensor                               "decoding": one of the following
         classify  logits: softmax of (output ÷ "temperature", default 1)
                   probabilities: the output × "scale", default 1; 1/256 for a quantized output
                   sigmoid: a score per label, each for itself: 1 ÷ (1 + e^(−output ÷ "temperature", default 1))
                   one score for two labels is the second label's; the first one has the rest
                   "threshold": t; labels below it are left out, default 0.01
                   "unknown_below": t; when the best confidence is lower, `unknown` is added with weight t
         detect    yolox: [1, A, 5 + labels], undecoded, strides 8, 16, 32
                   yolov5, yolox_decoded: [1, A, 5 + labels], center and sides in pixels; YOLOv5 to YOLOv7, YOLOX
                   yolov8: [1, 4 + labels, A] or [1, A, 4 + labels]; YOLOv8 to YOLO12
                   rtdetr: [1, Q, 4 + labels], center and sides in fractions; Ultralytics' RT-DETR
                   detr: [1, Q, labels + 1] raw scores, the last one for no object, with "boxes": [1, Q, 4]
                   deformable_detr: [1, Q, labels] raw scores with "boxes"; RT-DETR, RF-DETR
                   boxes_and_scores: [1, A, labels] with "boxes": [1, A, 4], corners in pixels; YOLO-NAS
                   end2end: [1, N, 6] corners in pixels, score, label; YOLOv10, YOLO26; or [N, 7], YOLOv7's
                   ssd: scores [1, N] with "boxes": [1, N, 4], top first, in fractions, and "classes": [1, N]
                   torchvision: scores [N] with "boxes": [N, 4], corners in pixels, and "classes": [N]
                   "first_class": 0 or 1, the number of the first label in the output; end2end, ssd, torchvision
         segment   class_scores: a score per label and pixel, in the input's layout
                   class_map: [1, H, W], the label of each pixel
                   mask_logits, mask_probabilities: one score per pixel, for the background and one label or for the
                   label alone; "threshold": the least probability of its pixels, default 0.5
                   yolov8: [1, 4 + labels + M, A], with the output "masks": [1, M, H, W]
                   "background": the index of the label that is no object, default 0; not with yolov8},
     "license", "source": the origin of the weights, "metrics": {…} as measured by their makers}

`labels` includes the background's label where there is one. Other fields are ignored.
"""

import json
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, Self

from edge_ml.bundles.model_reference import NAME_PATTERN, VERSION_PATTERN
from edge_ml.bundles.public_text import without_paths
from edge_ml.bundles.schema.fields import FieldError, Fields
from edge_ml.bundles.schema.input import InputSpec
from edge_ml.bundles.schema.output import DECODINGS, OutputSpec
from edge_ml.pictures.letterbox import Fit

if TYPE_CHECKING:
    from edge_ml.protocol import ModelDescription, ModelDigest

UNKNOWN = "unknown"


class BundleError(Exception):
    """A bundle that cannot be used; the text is the reason, for the bundle's owner, without paths of this machine."""

    def __init__(self, reason: str) -> None:
        super().__init__(without_paths(reason))


class ModelBundle:
    """The content of model.json, and the folder of the bundle."""

    def __init__(self, folder: str, fields: Fields) -> None:
        """Read the fields of model.json; raises FieldError where they are not as described above."""
        self.folder = folder
        self.name, self.version = _name(fields), _version(fields)
        self.task = fields.one_of("task", DECODINGS)
        self.labels = fields.texts("labels")
        self.input = InputSpec(fields.inner("input"), self.task)
        self.output = OutputSpec(fields.inner("output"), self.task, len(self.labels))
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
        """The SHA-256 of model.onnx in hexadecimal, computed at the first use."""
        import hashlib  # imported here: OpenSSL takes longer to load than all modules of this package

        with open(self.path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def path(self) -> str:
        """The path of model.onnx."""
        return os.path.join(self.folder, "model.onnx")

    @property
    def fit(self) -> Fit:
        """The input size, and the resize mode that brings a picture to it."""
        return self.input.fit

    def to_dict(self) -> "ModelDigest":
        """Return the name, version and digest that every recognition states."""
        return {"name": self.name, "version": self.version, "digest": self.digest}

    def describe(self) -> "ModelDescription":
        """Return the bundle's entry in the list of models."""
        return {
            "name": self.name,
            "version": self.version,
            "digest": self.digest,
            "task": self.task,
            "labels": list(self.labels),
            "input_size": {"width": self.fit.size[0], "height": self.fit.size[1]},
            "metrics": self.metrics,
            "license": self.license,
            "source": self.source,
            "status": "ready",
        }


def _name(fields: Fields) -> str:
    name = fields.text("name")
    if not re.fullmatch(NAME_PATTERN, name):
        raise FieldError(f"name must be 1 to 48 letters, digits, dots, hyphens or underscores, not {name!r}.")
    return name


def _version(fields: Fields) -> str:
    version = fields.text("version")
    if not re.fullmatch(VERSION_PATTERN, version):
        raise FieldError(f"version must be three numbers such as 1.0.0, not {version!r}.")
    return version
