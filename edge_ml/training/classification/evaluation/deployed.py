"""The exported model run as the function runs it: with its own decoder, in ONNX Runtime, in one thread."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort

from edge_ml.bundles.schema.input import OVERSAMPLING
from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit
from edge_ml.training.classification.evaluation.metrics import Floats
from edge_ml.training.data.photographs import Photo


def deployed_logits(model: Path, photos: Sequence[Photo], size: int, resize: str) -> Floats:
    """Return the logits of the photographs, (N, labels) float32."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    fit, logits = Fit((size, size), resize, OVERSAMPLING["classify"]), []
    for photo in photos:
        pixels = decode(photo.path.read_bytes(), fit).pixels.astype(np.float32)
        image = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]) / np.float32(127.5) - np.float32(1)
        logits.append(session.run(None, {"image": image})[0][0])
    return np.stack(logits)
