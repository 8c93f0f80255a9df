"""The student: a small residual network of plain 3x3 convolutions."""

import torch
from torch import nn

STAGES = ((32, 2), (64, 2), (128, 3), (224, 1))
STEM = 24
FEATURES = 384


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Convolution and batch norm; the two fold into one at export."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """Two 3x3 convolutions added to their input, which is pooled first where the stride is 2."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = conv(inputs, outputs, 3, stride)
        self.second = conv(outputs, outputs, 3)
        pool = nn.AvgPool2d(2, ceil_mode=True) if stride == 2 else nn.Identity()
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(pool, conv(inputs, outputs, 1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """[N, inputs, H, W] to [N, outputs, H / stride, W / stride]."""
        return torch.relu(self.second(torch.relu(self.first(images))) + self.shortcut(images))


def body() -> nn.Sequential:
    """Images [N, 3, S, S] to features [N, FEATURES]; S is best a multiple of 32."""
    layers, width = [conv(3, STEM, 3, 2), nn.ReLU()], STEM
    for outputs, count in STAGES:
        layers += [Residual(width if i == 0 else outputs, outputs, 2 if i == 0 else 1) for i in range(count)]
        width = outputs
    layers += [conv(width, FEATURES, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers)


class Student(nn.Module):
    """A body with a head for the labels and one, dropped at export, that repeats the teacher."""

    def __init__(self, labels: int, teacher_classes: int) -> None:
        super().__init__()
        self.body = body()
        self.labels = nn.Linear(FEATURES, labels)
        self.teacher = nn.Linear(FEATURES, max(teacher_classes, 1))
        for module in self.modules():
            # A block that starts as the identity trains more steadily.
            if isinstance(module, Residual):
                nn.init.constant_(module.second[1].weight, 0.2)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Label logits [N, labels] and teacher logits [N, classes]."""
        features = self.body(images)
        return self.labels(features), self.teacher(features)
