"""The segmentation network: MobileNetV2 and a light feature pyramid back to the resolution of the input."""

import copy
from typing import Self, cast

import torch
from torch import nn
from torch.nn import functional as F

from edge_ml.training.mobilenet_v2 import CHANNELS, MEAN, STD, MobileNetV2

WIDTHS = (16, 32, 48, 64, 96)
"""Channels of the pyramid at strides 2, 4, 8, 16 and 32."""

FROZEN = 2
"""Blocks of the encoder that are not trained: they detect edges and colors; training them takes a third of a step."""


class Merge(nn.Module):
    """The coarser map, enlarged twice, concatenated with the encoder's map of this stride, and mixed."""

    def __init__(self, coarse: int, skip: int, out: int) -> None:
        super().__init__()
        self.skip = nn.Conv2d(skip, out, 1)
        self.mix = nn.Sequential(
            nn.Conv2d(coarse + out, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
        )

    def forward(self, coarse: torch.Tensor, finer: torch.Tensor) -> torch.Tensor:
        """Merge [N, C, H / 2, W / 2] and the encoder's [N, C', H, W] to [N, out, H, W]."""
        return cast(torch.Tensor, self.mix(torch.cat([enlarge_twice(coarse), self.skip(finer)], 1)))


class Segmenter(nn.Module):
    """Logits [N, labels, H, W] of float32 [N, 3, H, W] in −1..1, sides in multiples of 32."""

    def __init__(self, encoder: MobileNetV2, labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        for layer in (encoder.stem, *encoder.blocks[:FROZEN]):
            layer.requires_grad_(False)
        self.deepest = nn.Conv2d(CHANNELS[-1], WIDTHS[-1], 1)
        levels = range(len(WIDTHS) - 2, -1, -1)
        self.merges = nn.ModuleList([Merge(WIDTHS[level + 1], CHANNELS[level], WIDTHS[level]) for level in levels])
        self.labels = nn.Conv2d(WIDTHS[0], labels, 3, padding=1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return a logit per label and pixel, [N, labels, H, W]."""
        *finer, deepest = self.encoder(images)
        current = self.deepest(deepest)
        for merge, skip in zip(self.merges, reversed(finer), strict=True):
            current = merge(current, skip)
        return enlarge_twice(self.labels(current))

    def with_temperature(self, temperature: float) -> Self:
        """Return a copy whose logits are divided by the temperature."""
        scaled = copy.deepcopy(self)
        with torch.no_grad():
            for weights in scaled.labels.parameters():
                weights /= temperature
        return scaled

    def parameter_groups(self, rate: float, encoder_divisor: float) -> list[dict[str, object]]:
        """Return the optimizer's groups: the pyramid learns at `rate`, the pretrained encoder at a fraction of it."""
        encoder = [*self.encoder.blocks[FROZEN:].parameters()]
        pyramid = [*self.deepest.parameters(), *self.merges.parameters(), *self.labels.parameters()]
        return [{"params": encoder, "peak": rate / encoder_divisor}, {"params": pyramid, "peak": rate}]


def normalize(images: torch.Tensor) -> torch.Tensor:
    """Convert 0–255 to the range that the encoder was trained on, −1..1."""
    return ((images - MEAN[0]) / STD[0]).contiguous(memory_format=torch.channels_last)


def enlarge_twice(maps: torch.Tensor) -> torch.Tensor:
    """Return the maps at twice the height and width, by bilinear interpolation."""
    return F.interpolate(maps, scale_factor=2.0, mode="bilinear", align_corners=False)
