"""Evaluate an exported classifier and write its model.json: choices on validation, figures on test."""

import json
from pathlib import Path
from typing import NamedTuple

from edge_ml.training.classification.evaluation.calibration import (
    fit_temperature,
    fit_threshold,
    negative_log_likelihood,
)
from edge_ml.training.classification.evaluation.deployed import deployed_logits
from edge_ml.training.classification.evaluation.figures import figures
from edge_ml.training.classification.evaluation.metrics import softmax
from edge_ml.training.classification.task import Task
from edge_ml.training.data.photographs import in_split, true_labels
from edge_ml.training.mobilenet_v2 import MEAN, STD

SOURCE = "edge_ml/training, fine-tuned from Google's MobileNetV2 (Apache-2.0)"


class Choice(NamedTuple):
    """The values chosen on validation: resize mode, softmax temperature, and the threshold of `unknown`."""

    resize: str
    temperature: float
    threshold: float


def evaluate(task: Task, out: Path) -> None:
    """Evaluate the model.onnx in `out`, write its model.json, and print the figures."""
    choice = choose(task, out / "model.onnx")
    test = in_split(task.photos, "test")
    logits = deployed_logits(out / "model.onnx", test, task.recipe.size, choice.resize)
    metrics = figures(task, test, logits, temperature=choice.temperature, threshold=choice.threshold)
    (out / "model.json").write_text(json.dumps(model_json(task, choice) | {"metrics": metrics}, indent=1) + "\n")
    print(json.dumps(metrics, indent=1), flush=True)


def choose(task: Task, model: Path) -> Choice:
    """Choose the resize mode of least negative log likelihood, its temperature, and the threshold of `unknown`."""
    photos = in_split(task.photos, "validation")
    candidates = {}
    for resize in ("stretch", "cover"):
        logits, truth = deployed_logits(model, photos, task.recipe.size, resize), true_labels(photos)
        temperature = fit_temperature(logits, truth)
        loss, right = negative_log_likelihood(logits, truth, temperature), (logits.argmax(1) == truth).mean()
        candidates[loss] = resize, temperature, logits
        print(f"{resize}: validation {right:.1%}, loss {loss:.4f} at temperature {temperature:.3f}", flush=True)
    resize, temperature, logits = candidates[min(candidates)]
    return Choice(resize, round(temperature, 4), fit_threshold(softmax(logits, temperature)))


def model_json(task: Task, choice: Choice) -> dict[str, object]:
    """Return the content of model.json without the metrics; mean and std are in units of 0–255."""
    return {
        "name": task.name,
        "version": task.version,
        "task": "classify",
        "labels": list(task.labels),
        "input": {
            "name": "image",
            "layout": "NCHW",
            "dtype": "float32",
            "size": [task.recipe.size] * 2,
            "resize": choice.resize,
            "channels": "RGB",
            "mean": MEAN,
            "std": STD,
        },
        "output": {
            "name": "logits",
            "decoding": "logits",
            "temperature": choice.temperature,
            "unknown_below": choice.threshold,
        },
        "license": "Apache-2.0",
        "source": SOURCE,
    }
