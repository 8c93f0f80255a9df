"""Train a classifier and make a bundle of it: fine-tune, choose on validation, export, judge on test."""

import copy
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from edge_ml.training.classification.augmentation.batches import normalised
from edge_ml.training.classification.augmentation.views import whole
from edge_ml.training.classification.evaluation import deployed
from edge_ml.training.classification.evaluation.calibration import fitted_temperature, fitted_threshold, surprise
from edge_ml.training.classification.evaluation.figures import figures
from edge_ml.training.classification.evaluation.metrics import accuracy, balanced_accuracy, confusion, softmax
from edge_ml.training.classification.network import Classifier
from edge_ml.training.classification.task import TEACHER, Task
from edge_ml.training.classification.trainer import Trainer, fine_tune
from edge_ml.training.data.photographs import Photo, of_split, truths
from edge_ml.training.export import export
from edge_ml.training.mobilenet_v2 import MEAN, STD, MobileNetV2

SOURCE = "edge_ml/training, fine-tuned from Google's MobileNetV2 (Apache-2.0)"


def make(task: Task, data: Path, out: Path) -> None:
    """Train, export to `out`, and print the figures."""
    torch.manual_seed(task.recipe.seed)
    torch.set_num_threads(1)
    teacher = MobileNetV2.from_onnx(data / TEACHER)
    network = Classifier(copy.deepcopy(teacher), task.classes)
    check = partial(glance, of_split(task.photos, "validation"), task.recipe.size)
    taught = of_split(task.photos, "train")
    print(f"{task.name}: {len(taught)} photographs to train on, at the start {check(network)}", flush=True)
    trained = fine_tune(Trainer(network, teacher, task.recipe), taught, len(task.labels), check)
    out.mkdir(parents=True, exist_ok=True)
    export(trained, (task.recipe.size,) * 2, out / "model.onnx", output="logits")
    judge(task, out)


def judge(task: Task, out: Path) -> None:
    """Choose resize, temperature and threshold on validation, take the figures on test, write model.json."""
    resize, temperature, threshold = settled(task, out / "model.onnx")
    test = of_split(task.photos, "test")
    logits = deployed.logits(out / "model.onnx", test, task.recipe.size, resize)
    metrics = figures(task, test, logits, temperature=temperature, threshold=threshold)
    content = manifest(task, resize, temperature, threshold) | {"metrics": metrics}
    (out / "model.json").write_text(json.dumps(content, indent=1) + "\n")
    print(json.dumps(metrics, indent=1), flush=True)


def settled(task: Task, model: Path) -> tuple[str, float, float]:
    """The resize of least surprise on validation, the temperature that calibrates it, and when to say `unknown`."""
    photos = of_split(task.photos, "validation")
    tried = {}
    for resize in ("stretch", "cover"):
        logits = deployed.logits(model, photos, task.recipe.size, resize)
        temperature = fitted_temperature(logits, truths(photos))
        lost, right = surprise(logits, truths(photos), temperature), (logits.argmax(1) == truths(photos)).mean()
        tried[lost] = resize, temperature, logits
        print(f"{resize}: validation {right:.1%}, surprise {lost:.4f} at temperature {temperature:.3f}", flush=True)
    resize, temperature, logits = tried[min(tried)]
    return resize, round(temperature, 4), fitted_threshold(softmax(logits, temperature))


def glance(photos: list[Photo], size: int, network: Classifier) -> str:
    """Accuracy on the whole photographs, to print while training."""
    with torch.inference_mode():
        parts = [whole([photo.path for photo in photos[n : n + 32]], size) for n in range(0, len(photos), 32)]
        said = np.concatenate([network(normalised(part)).argmax(1).numpy() for part in parts])
    table = confusion(truths(photos), said, network.labels.out_features)
    return f"{accuracy(table):.1%} (balanced {balanced_accuracy(table):.1%})"


def manifest(task: Task, resize: str, temperature: float, threshold: float) -> dict[str, Any]:
    """The content of model.json but for the metrics; mean and std are in units of 0–255."""
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
            "resize": resize,
            "channels": "RGB",
            "mean": MEAN,
            "std": STD,
        },
        "output": {"name": "logits", "decoding": "logits", "temperature": temperature, "unknown_below": threshold},
        "license": "Apache-2.0",
        "source": SOURCE,
    }
