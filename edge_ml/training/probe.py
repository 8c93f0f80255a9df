"""Reads the labels out of the teacher's answers, so that each crop has soft labels of its own."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from edge_ml.training.metrics import Labels

STEPS = 400
WEIGHT_DECAY = 2e-2


def soft_labels(logits: NDArray[np.float16], labels: Labels, count: int) -> torch.Tensor:
    """Label probabilities [photos, crops, count] by multinomial logistic regression on the teacher's logits.

    `logits` is [photos, crops, classes], `labels` [photos]. A crop that shows only grass is thereby not
    insisted to be a horse.
    """
    flat = torch.from_numpy(logits.astype(np.float32)).flatten(0, 1)
    scaled = (flat - flat.mean(0)) / flat.std()
    truth = torch.from_numpy(labels).repeat_interleave(logits.shape[1])
    reader = nn.Linear(flat.shape[1], count)
    optimiser = torch.optim.AdamW(reader.parameters(), 1e-2, weight_decay=WEIGHT_DECAY)
    for _ in range(STEPS):
        part = torch.randint(len(flat), (2048,))
        loss = nn.functional.cross_entropy(reader(scaled[part]), truth[part], label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        return reader(scaled).softmax(1).view(len(labels), -1, count)
