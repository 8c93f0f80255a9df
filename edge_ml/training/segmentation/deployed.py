"""The exported file asked as the edge function asks it: its own decoder, ONNX Runtime, one thread."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image

from edge_ml.pictures.decode import Picture, decode
from edge_ml.pictures.letterbox import Fit, Size
from edge_ml.training.mobilenet_v2 import MEAN, STD
from edge_ml.training.segmentation.metrics import Floats, Mask

ANIMAL = 1
"""Its place among the labels."""


class Deployed:
    """The model in that file, fed as `fit` says."""

    def __init__(self, model: Path, fit: Fit) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._fit = fit

    def lead(self, photo: Path) -> Floats:
        """By how much the animal's logit is above the background's, for each pixel of the photograph [h, w]."""
        picture = decode(photo.read_bytes(), self._fit)
        logits = self._session.run(None, {"image": tensor(picture)})[0][0]
        return enlarged(logits[ANIMAL] - logits[1 - ANIMAL], self._fit, picture.size)

    def mask(self, photo: Path) -> Mask:
        """Where it sees an animal."""
        return self.lead(photo) > 0


def tensor(picture: Picture) -> Floats:
    """float32 [1, 3, h, w] as model.json asks for it."""
    planes = picture.pixels.astype(np.float32).transpose(2, 0, 1)[None]
    return np.ascontiguousarray((planes - np.float32(MEAN[0])) / np.float32(STD[0]))


def enlarged(field: Floats, fit: Fit, source: Size) -> Floats:
    """The part of the input's [h, w] that the picture fills, at the picture's own (width, height)."""
    (left, top), (width, height) = fit.corner(source), fit.inner(source)
    seen = np.ascontiguousarray(field[top : top + height, left : left + width], np.float32)
    return np.asarray(Image.fromarray(seen).resize(source, Image.Resampling.BILINEAR))
