"""Figures of a bundle on a held-out split: python -m edge_ml.training.evaluate <folder> --model <bundle>."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from edge_ml.training.bundle import Model
from edge_ml.training.folders import Photo, label_names, photos_of
from edge_ml.training.metrics import (
    Floats,
    Labels,
    accuracy,
    balanced_accuracy,
    calibration_error,
    confusion,
    recalls,
    softmax,
)


def truths(photos: list[Photo]) -> Labels:
    """True label indices [photographs]."""
    return np.array([photo.label for photo in photos])


def figures(logits: Floats, truth: Labels, labels: list[str], split: str) -> dict[str, Any]:
    """The metrics of model.json: counts, accuracies and calibration error, as fractions."""
    probabilities = softmax(logits)
    table = confusion(truth, probabilities.argmax(1), len(labels))
    return {
        "split": split,
        "n": {label: int(row.sum()) for label, row in zip(labels, table, strict=True)},
        "accuracy": round(accuracy(table), 4),
        "balanced_accuracy": round(balanced_accuracy(table), 4),
        "recall": {label: round(recall, 4) for label, recall in zip(labels, recalls(table), strict=True)},
        "calibration_error": round(calibration_error(probabilities, truth), 4),
        "confusion": table.tolist(),
    }


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m edge_ml.training.evaluate", description=__doc__)
    parser.add_argument("folder", type=Path, help="one subfolder of photographs per label")
    parser.add_argument("--model", type=Path, required=True, help="folder of model.onnx and model.json")
    parser.add_argument("--split", default="test", choices=["test", "validation", "train"])
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Print the figures as JSON."""
    chosen = arguments()
    resize = json.loads((chosen.model / "model.json").read_text())["input"]["resize"]
    model = Model.open(chosen.model / "model.onnx", resize, chosen.threads)
    photos = photos_of(chosen.folder, chosen.split)
    logits = model.all_logits([photo.path for photo in photos])
    print(json.dumps(figures(logits, truths(photos), label_names(chosen.folder), chosen.split), indent=2))


if __name__ == "__main__":
    main()
