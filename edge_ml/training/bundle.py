"""A bundle: model.onnx beside the model.json that says how to feed it and read it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from PIL import Image, ImageOps

from edge_ml.training.metrics import Floats
from edge_ml.training.photos import centre, whole

INPUT, OUTPUT = "image", "logits"
MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]


def manifest(name: str, labels: list[str], size: int, resize: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """The content of model.json; mean and std are in units of 0-255."""
    return {
        "name": name,
        "version": "1.0.0",
        "task": "classify",
        "labels": labels,
        "input": {
            "name": INPUT,
            "layout": "NCHW",
            "dtype": "float32",
            "size": [size, size],
            "resize": resize,
            "channels": "RGB",
            "mean": MEAN,
            "std": STD,
        },
        "output": {"name": OUTPUT, "decoding": "logits", "temperature": 1.0},
        "license": "MIT",
        "source": "edge_ml/training",
        "metrics": metrics,
    }


def write(folder: Path, content: dict[str, Any]) -> None:
    """Write model.json."""
    (folder / "model.json").write_text(json.dumps(content, indent=2) + "\n")


@dataclass(frozen=True)
class Model:
    """An ONNX session that answers photographs as the deployed runtime would."""

    session: ort.InferenceSession
    size: int
    resize: str

    @classmethod
    def open(cls, path: Path, resize: str, threads: int) -> "Model":
        """Load a square NCHW model from `path`."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return cls(session, int(session.get_inputs()[0].shape[2]), resize)

    def logits(self, path: Path) -> Floats:
        """Logits [labels] of the photograph at `path`, read at full size."""
        tensor = prepared(path, self.size, self.resize)
        return np.asarray(self.session.run([OUTPUT], {INPUT: tensor})[0][0])

    def all_logits(self, paths: list[Path]) -> Floats:
        """Logits [photographs, labels]."""
        return np.stack([self.logits(path) for path in paths])


def prepared(path: Path, size: int, resize: str) -> NDArray[np.float32]:
    """The upright photograph as float32 [1, 3, size, size], bilinearly resized."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    box = centre(image) if resize == "cover" else whole(image)
    pixels = np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box=box), np.float32)
    normal = (pixels - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None])
