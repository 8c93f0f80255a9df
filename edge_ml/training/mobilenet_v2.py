"""MobileNetV2 (arXiv 1801.04381) as the teacher's file holds it: batch norm folded in, TensorFlow's padding."""

from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

MEAN = STD = (127.5, 127.5, 127.5)
"""The normalization of pixels, 0–255, to the −1..1 that this network was trained on."""

CHANNELS = (16, 24, 32, 96, 320)
FEATURES, CLASSES = 1280, 1000
# Expansion, channels, blocks and first stride of each stage.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


class Conv(nn.Module):
    """A convolution between the two numbers of `channels`, clipped to 0–6 unless `linear`.

    At stride 2 it is padded to the right and below only, as in TensorFlow.
    """

    def __init__(
        self, channels: tuple[int, int], kernel: int, *, stride: int = 1, groups: int = 1, linear: bool = False
    ) -> None:
        super().__init__()
        self.halves, self.linear = stride == 2, linear
        padding = 0 if self.halves else kernel // 2
        self.conv = nn.Conv2d(*channels, kernel, stride, padding, groups=groups)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Convert [N, C, H, W] to [N, C', H / stride, W / stride]."""
        output = self.conv(F.pad(images, (0, 1, 0, 1)) if self.halves else images)
        return output if self.linear else F.relu6(output)


class Block(nn.Module):
    """An inverted residual: expand, depthwise convolution, project; added to its input where the shapes agree."""

    def __init__(self, channels: tuple[int, int], *, stride: int, expansion: int) -> None:
        super().__init__()
        into, out = channels
        wide = into * expansion
        expand = [Conv((into, wide), 1)] if expansion > 1 else []
        self.halves, self.adds = stride == 2, stride == 1 and into == out
        self.layers = nn.Sequential(
            *expand, Conv((wide, wide), 3, stride=stride, groups=wide), Conv((wide, out), 1, linear=True)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Convert [N, C, H, W] to [N, C', H / stride, W / stride]."""
        output = self.layers(images)
        return images + output if self.adds else output


class MobileNetV2(nn.Module):
    """Feature maps at strides 2, 4, 8, 16 and 32 of float32 [N, 3, H, W] in −1..1, sides in multiples of 32.

    `last` widens the deepest map to 1280 channels, `classifier` reads the ImageNet classes from their mean.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv((3, 32), 3, stride=2)
        self.blocks = nn.ModuleList(_blocks())
        self.last = Conv((CHANNELS[-1], FEATURES), 1)
        self.classifier = nn.Linear(FEATURES, CLASSES)

    @classmethod
    def from_onnx(cls, path: Path) -> "MobileNetV2":
        """Return the network with the weights of the teacher's file, without its background class."""
        network, weights = cls(), _convolutions(path)
        for layer in (layer for layer in network.modules() if isinstance(layer, nn.Conv2d)):
            kernel, bias = next(weights)
            layer.load_state_dict({"weight": kernel, "bias": bias})
        kernel, bias = next(weights)
        network.classifier.load_state_dict({"weight": kernel[1:, :, 0, 0], "bias": bias[1:]})
        return network

    def forward(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Return the last map of each stride, finest first."""
        maps, current = [], self.stem(images)
        for block in self.blocks:
            if block.halves:
                maps.append(current)
            current = block(current)
        return [*maps, current]

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """Return the input of classifiers, [N, 1280]."""
        return F.adaptive_avg_pool2d(self.last(self(images)[-1]), 1).flatten(1)

    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """Return the teacher's logits of ImageNet's classes, [N, 1000]."""
        logits: torch.Tensor = self.classifier(self.features(images))
        return logits


def _blocks() -> Iterator[Block]:
    into = 32
    for expansion, out, count, stride in STAGES:
        for number in range(count):
            yield Block((into, out), stride=1 if number else stride, expansion=expansion)
            into = out


def _convolutions(path: Path) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield kernel and bias of every convolution, in the order of the graph, which is that of the modules."""
    graph = onnx.load(path).graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Conv":
            kernel, bias = (torch.from_numpy(numpy_helper.to_array(tensors[name]).copy()) for name in node.input[1:])
            yield kernel, bias
