"""What the student is taught about every crop: label probabilities and the teacher's answer."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from edge_ml.training.batches import Batch, Shelf
from edge_ml.training.metrics import Labels
from edge_ml.training.probe import soft_labels
from edge_ml.training.teacher import Teacher

DISTILLATION_TEMPERATURE = 2.0
SMOOTHING = 0.05
TEACHER_SHARE = 0.5


@dataclass(frozen=True)
class Lessons:
    """Label probabilities [photos, crops, labels] and teacher logits [photos, crops, classes] or None."""

    labels: torch.Tensor
    teacher: torch.Tensor | None

    @property
    def classes(self) -> int:
        """How many classes the teacher knows."""
        return 0 if self.teacher is None else int(self.teacher.shape[2])

    def of(self, batch: Batch) -> list[torch.Tensor]:
        """The targets of one batch, as probabilities."""
        labels = self.labels[batch.photos, batch.crops]
        if self.teacher is None:
            return [labels]
        logits = self.teacher[batch.photos, batch.crops].float()
        return [labels, (logits / DISTILLATION_TEMPERATURE).softmax(1)]


def smoothed(truth: Labels, crops: int, count: int) -> torch.Tensor:
    """Label probabilities [photos, crops, count]: 95 % the label given, 5 % shared by all."""
    hard = torch.full((len(truth), crops, count), SMOOTHING / count)
    hard[np.arange(len(truth)), :, truth] += 1 - SMOOTHING
    return hard


def lessons(shelf: Shelf, truth: Labels, count: int, teacher: Teacher | None, kept: Path) -> Lessons:
    """Smoothed labels for every crop, halfway towards what the teacher makes of that crop."""
    hard = smoothed(truth, len(shelf.boxes[0]), count)
    if teacher is None:
        return Lessons(hard, None)
    logits = teacher.recall(shelf.images, shelf.boxes, kept)
    soft = soft_labels(logits, truth, count)
    agreed = float((soft[:, 0].argmax(1).numpy() == truth).mean())
    print(f"teacher: labels read from its answers agree with {agreed:.1%} of the training labels", flush=True)
    return Lessons(torch.lerp(hard, soft, TEACHER_SHARE), torch.from_numpy(logits))
