"""Train a classifier and make a bundle of it: fine-tune, export, evaluate."""

import copy
from functools import partial
from pathlib import Path

import numpy as np
import torch

from edge_ml.training.classification.augmentation.batches import normalize
from edge_ml.training.classification.augmentation.views import whole_photos
from edge_ml.training.classification.evaluation.evaluate import evaluate
from edge_ml.training.classification.evaluation.metrics import accuracy, balanced_accuracy, confusion_matrix
from edge_ml.training.classification.network import Classifier
from edge_ml.training.classification.task import TEACHER, Task
from edge_ml.training.classification.trainer import Trainer, fine_tune
from edge_ml.training.data.photographs import Photo, in_split, true_labels
from edge_ml.training.export import export
from edge_ml.training.mobilenet_v2 import MobileNetV2


def train_classifier(task: Task, data: Path, out: Path) -> None:
    """Train the classifier, export it to `out`, and print its figures."""
    torch.manual_seed(task.recipe.seed)
    torch.set_num_threads(1)
    teacher = MobileNetV2.from_onnx(data / TEACHER)
    network = Classifier(copy.deepcopy(teacher), task.classes)
    summarize = partial(validation_summary, in_split(task.photos, "validation"), task.recipe.size)
    photos = in_split(task.photos, "train")
    print(f"{task.name}: {len(photos)} photographs to train on, at the start {summarize(network)}", flush=True)
    trained = fine_tune(Trainer(network, teacher, task.recipe), photos, len(task.labels), summarize)
    out.mkdir(parents=True, exist_ok=True)
    export(trained, (task.recipe.size,) * 2, out / "model.onnx", output="logits")
    evaluate(task, out)


def validation_summary(photos: list[Photo], size: int, network: Classifier) -> str:
    """Return the accuracy on the whole photographs, to print in training."""
    with torch.inference_mode():
        batches = [whole_photos([photo.path for photo in photos[n : n + 32]], size) for n in range(0, len(photos), 32)]
        predicted = np.concatenate([network(normalize(batch)).argmax(1).numpy() for batch in batches])
    matrix = confusion_matrix(true_labels(photos), predicted, network.labels.out_features)
    return f"{accuracy(matrix):.1%} (balanced {balanced_accuracy(matrix):.1%})"
