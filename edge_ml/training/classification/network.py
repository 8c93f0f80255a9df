"""A classifier with few labels that starts as the teacher: each label as the mean of the teacher's classes for it."""

from collections.abc import Sequence

import torch
from torch import nn

from edge_ml.training.mobilenet_v2 import FEATURES, MobileNetV2

SHARPENING = 2.0
"""The mean of many classes' rows is flat; twice its size makes the first outputs as confident as the teacher's."""


class Classifier(nn.Module):
    """Label logits [N, labels]; in training also the teacher's 1000 classes, so that they are not forgotten."""

    def __init__(self, teacher: MobileNetV2, classes: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.backbone = teacher
        self.labels = nn.Linear(FEATURES, len(classes))
        with torch.no_grad():
            for label, of_label in enumerate(classes):
                rows = list(of_label)
                self.labels.weight[label] = SHARPENING * teacher.classifier.weight[rows].mean(0)
                self.labels.bias[label] = SHARPENING * teacher.classifier.bias[rows].mean()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits of the labels, [N, labels]."""
        logits: torch.Tensor = self.labels(self.backbone.features(images))
        return logits

    def label_and_class_logits(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the logits of the labels, [N, labels], and of the teacher's classes, [N, 1000]."""
        features = self.backbone.features(images)
        return self.labels(features), self.backbone.classifier(features)


def layers(network: Classifier) -> list[list[nn.Parameter]]:
    """Return the parameters layer by layer, from the stem to the heads."""
    body = network.backbone
    heads = [*network.labels.parameters(), *body.classifier.parameters()]
    return [list(part.parameters()) for part in (body.stem, *body.blocks, body.last)] + [heads]
