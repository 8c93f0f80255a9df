"""The object `input` of model.json, and the input tensor made of a picture (normalization, layout, channels)."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.schema.fields import FieldError, Fields
from edge_ml.pictures.letterbox import RESIZE_MODES, Fit

LAYOUTS, TYPES, CHANNELS = ("NCHW", "NHWC"), ("float32", "uint8"), ("RGB", "BGR")
MAX_SIDE = 4096
OVERSAMPLING = {"classify": 1.5, "detect": 2.0, "segment": 2.0}
"""The default of each task: a class is as clear in fewer pixels, small objects and outlines are not."""


class InputSpec:
    """The object `input` of a model with that task; `fit` is how a picture is brought to it. Raises FieldError."""

    def __init__(self, fields: Fields, task: str) -> None:
        self.name = fields.text("name")
        self.layout = fields.one_of("layout", LAYOUTS)
        self.dtype = fields.one_of("dtype", TYPES)
        oversampling = fields.number("oversampling", OVERSAMPLING[task], minimum=1, maximum=8)
        self.fit = Fit(_size(fields), fields.one_of("resize", RESIZE_MODES), oversampling)
        self.channels = fields.one_of("channels", CHANNELS)
        normalized = self.dtype == "float32"
        self.mean = fields.numbers("mean", 3) if normalized else (0.0, 0.0, 0.0)
        self.std = fields.numbers("std", 3, above=0) if normalized else (1.0, 1.0, 1.0)

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's shape with one picture in it."""
        width, height = self.fit.size
        return (1, 3, height, width) if self.layout == "NCHW" else (1, height, width, 3)

    def tensor(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32] | NDArray[np.uint8]:
        """Return the input tensor of a picture.

        `pixels` is RGB, (H, W, 3) uint8, 0–255. The result is (1, 3, H, W) or (1, H, W, 3): uint8 as it is, or float32
        as (pixels − mean) ÷ std.
        """
        ordered = pixels if self.channels == "RGB" else pixels[:, :, ::-1]
        if self.layout == "NCHW":
            planes = ordered = ordered.transpose(2, 0, 1)
        else:
            planes = ordered.reshape(len(ordered), -1)
        if self.dtype == "float32":
            return self._normalize(planes).reshape(1, *ordered.shape)
        return np.ascontiguousarray(planes).reshape(1, *ordered.shape)

    def _normalize(self, planes: NDArray[np.uint8]) -> NDArray[np.float32]:
        scale, shift = self.scale_and_shift
        tensor = np.empty(planes.shape, np.float32)
        np.multiply(planes, scale, out=tensor)
        tensor += shift
        return tensor

    @cached_property
    def scale_and_shift(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The factor and the summand of the normalization, float32.

        (3, 1, 1) for channels first; (3 · W,) for channels last: by rows this is 9 times as fast as by pixels.
        """
        std = np.array(self.std, np.float32)
        scale, shift = np.float32(1) / std, -np.array(self.mean, np.float32) / std
        if self.layout == "NCHW":
            return scale.reshape(3, 1, 1), shift.reshape(3, 1, 1)
        return np.tile(scale, self.fit.size[0]), np.tile(shift, self.fit.size[0])


def _size(fields: Fields) -> tuple[int, int]:
    """Return (width, height); the field is [height, width]."""
    height, width = (int(side) for side in fields.numbers("size", 2, above=0))
    if not 1 <= min(height, width) <= max(height, width) <= MAX_SIDE:
        raise FieldError(f"input.size must be [height, width] of 1 to {MAX_SIDE} pixels.")
    return width, height
