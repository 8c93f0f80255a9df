"""A classifier of a few labels that starts as the teacher: its layers, and its classes grouped to the labels."""

from collections.abc import Sequence

import torch
from torch import nn

from edge_ml.training.mobilenet_v2 import FEATURES, MobileNetV2

SHARPER = 2.0
"""Means of many classes' rows are flat; twice their size makes the first answers about as sure as the teacher's."""


class Classifier(nn.Module):
    """Label logits [N, labels]; while it trains also the teacher's 1000 classes, so as not to forget them."""

    def __init__(self, teacher: MobileNetV2, classes: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.backbone = teacher
        self.labels = nn.Linear(FEATURES, len(classes))
        with torch.no_grad():
            for label, of_label in enumerate(classes):
                rows = list(of_label)
                self.labels.weight[label] = SHARPER * teacher.classifier.weight[rows].mean(0)
                self.labels.bias[label] = SHARPER * teacher.classifier.bias[rows].mean()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits of the labels."""
        found: torch.Tensor = self.labels(self.backbone.features(images))
        return found

    def both(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the labels and of the teacher's classes."""
        features = self.backbone.features(images)
        return self.labels(features), self.backbone.classifier(features)


def layers(network: Classifier) -> list[list[nn.Parameter]]:
    """The parameters from the stem to the heads, layer by layer."""
    body = network.backbone
    heads = [*network.labels.parameters(), *body.classifier.parameters()]
    return [list(part.parameters()) for part in (body.stem, *body.blocks, body.last)] + [heads]
