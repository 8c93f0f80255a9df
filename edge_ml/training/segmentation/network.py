"""MobileNetV2 with a light pyramid on top, which brings what it saw back to the pixels it saw it in."""

import copy
from typing import Self, cast

import torch
from torch import nn
from torch.nn import functional as F

from edge_ml.training.mobilenet_v2 import CHANNELS, MEAN, STD, MobileNetV2

WIDTHS = (16, 32, 48, 64, 96)
"""Channels of the pyramid at strides 2, 4, 8, 16 and 32."""

FROZEN = 2
"""Blocks of the encoder that stay as they are: edges and colours, at a third of a step's cost."""


class Merge(nn.Module):
    """The coarser map, enlarged twice, beside the encoder's map of this stride."""

    def __init__(self, coarse: int, skip: int, out: int) -> None:
        super().__init__()
        self.skip = nn.Conv2d(skip, out, 1)
        self.mix = nn.Sequential(
            nn.Conv2d(coarse + out, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
        )

    def forward(self, coarse: torch.Tensor, finer: torch.Tensor) -> torch.Tensor:
        """[N, out, H, W] from a coarse map of half that height and width."""
        return cast(torch.Tensor, self.mix(torch.cat([doubled(coarse), self.skip(finer)], 1)))


class Segmenter(nn.Module):
    """Logits [N, labels, H, W] of float32 [N, 3, H, W] in -1..1, sides in multiples of 32."""

    def __init__(self, encoder: MobileNetV2, labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        for layer in (encoder.stem, *encoder.blocks[:FROZEN]):
            layer.requires_grad_(False)
        self.deepest = nn.Conv2d(CHANNELS[-1], WIDTHS[-1], 1)
        steps = range(len(WIDTHS) - 2, -1, -1)
        self.merges = nn.ModuleList([Merge(WIDTHS[n + 1], CHANNELS[n], WIDTHS[n]) for n in steps])
        self.labels = nn.Conv2d(WIDTHS[0], labels, 3, padding=1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """One logit per label and pixel."""
        *finer, deepest = self.encoder(images)
        found = self.deepest(deepest)
        for merge, skip in zip(self.merges, reversed(finer), strict=True):
            found = merge(found, skip)
        return doubled(self.labels(found))

    def cooled(self, temperature: float) -> Self:
        """The same, its logits divided by the temperature."""
        cool = copy.deepcopy(self)
        with torch.no_grad():
            for weights in cool.labels.parameters():
                weights /= temperature
        return cool

    def groups(self, rate: float, slower: float) -> list[dict[str, object]]:
        """What an optimiser is given: the encoder, which knows something already, learns `slower` times slower."""
        encoder = [*self.encoder.blocks[FROZEN:].parameters()]
        pyramid = [*self.deepest.parameters(), *self.merges.parameters(), *self.labels.parameters()]
        return [{"params": encoder, "peak": rate / slower}, {"params": pyramid, "peak": rate}]


def normalised(images: torch.Tensor) -> torch.Tensor:
    """0–255 to what the encoder was trained on."""
    return ((images - MEAN[0]) / STD[0]).contiguous(memory_format=torch.channels_last)


def doubled(maps: torch.Tensor) -> torch.Tensor:
    """Twice as high and wide, bilinearly."""
    return F.interpolate(maps, scale_factor=2.0, mode="bilinear", align_corners=False)
