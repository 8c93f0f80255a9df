"""The exported model run as the function runs it: with its own decoder, in ONNX Runtime, in one thread."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image

from edge_ml.pictures.decode import Picture, decode
from edge_ml.pictures.letterbox import Fit
from edge_ml.pictures.size import Size
from edge_ml.training.mobilenet_v2 import MEAN, STD
from edge_ml.training.segmentation.metrics import Floats, Mask

ANIMAL_LABEL = 1
"""The index of the label `animal`."""


class Deployed:
    """The model in a file, with pictures brought to its input by `fit`."""

    def __init__(self, model: Path, fit: Fit) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._fit = fit

    def lead(self, photo: Path) -> Floats:
        """Return the animal's logit minus the background's, (H, W) float32, per pixel of the photograph."""
        picture = decode(photo.read_bytes(), self._fit)
        logits = self._session.run(None, {"image": input_tensor(picture)})[0][0]
        return enlarge(logits[ANIMAL_LABEL] - logits[1 - ANIMAL_LABEL], self._fit, picture.size)

    def mask(self, photo: Path) -> Mask:
        """Return the pixels in which the model sees an animal, (H, W) bool."""
        return self.lead(photo) > 0


def input_tensor(picture: Picture) -> Floats:
    """Return the input, float32 (1, 3, H, W) in −1..1."""
    planes = picture.pixels.astype(np.float32).transpose(2, 0, 1)[None]
    return np.ascontiguousarray((planes - np.float32(MEAN[0])) / np.float32(STD[0]))


def enlarge(score_map: Floats, fit: Fit, source: Size) -> Floats:
    """Return the part of the input's score map (H, W) that the picture fills, at the picture's own size."""
    (left, top), (width, height) = fit.offset(source), fit.inner_size(source)
    inner = np.ascontiguousarray(score_map[top : top + height, left : left + width], np.float32)
    return np.asarray(Image.fromarray(inner).resize(source, Image.Resampling.BILINEAR))
