"""The exported file asked as the edge function asks it: its own decoder, ONNX Runtime, one thread."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort

from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit
from edge_ml.training.classification.evaluation.metrics import Floats
from edge_ml.training.data.photographs import Photo


def logits(model: Path, photos: Sequence[Photo], size: int, resize: str) -> Floats:
    """Logits [photographs, labels]."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    fit, found = Fit((size, size), resize), []
    for photo in photos:
        pixels = decode(photo.path.read_bytes(), fit).pixels.astype(np.float32)
        image = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]) / np.float32(127.5) - np.float32(1)
        found.append(session.run(None, {"image": image})[0][0])
    return np.stack(found)
