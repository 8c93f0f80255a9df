"""What two DeepLab models (arXiv 1802.02611) see in photographs that nobody drew a mask for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from PIL import Image

from edge_ml.training.data.imagenet_sample import sample
from edge_ml.training.data.photographs import files
from edge_ml.training.segmentation.metrics import iou
from edge_ml.training.segmentation.scenes.pairs import ANIMAL, BACKGROUND, UNKNOWN, Pair, colours, of_split

TEACHERS = ("deeplabv3_mnv2_dm05_pascal_quant.quant.onnx", "deeplab_v3_1_default_1.onnx")
FOUR_LEGGED = (8, 10, 12, 13, 17)
"""Pascal VOC's cat, cow, dog, horse and sheep."""

AGREED, SMALLEST, LARGEST = 0.75, 0.05, 0.75
"""A mask is believed where both teachers overlap this much and the animal covers such a share of the picture."""

TRACE = 0.01
PETS = 400
BIRDS = (*range(7, 25), *range(80, 101), *range(127, 147))
MAMMALS, THINGS = range(147, 389), range(398, 1000)
"""Of ImageNet's thousand classes."""


class Teacher:
    """One DeepLab of either kind: uint8 to a class map, or -1..1 to scores."""

    def __init__(self, path: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        self._session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0]

    def animals(self, photo: Image.Image) -> NDArray[np.bool_]:
        """Where it sees a four-legged animal, at the photograph's size."""
        side = self._input.shape[1]
        pixels: NDArray[Any] = np.asarray(photo.resize((side, side), Image.Resampling.BILINEAR))[None]
        if self._input.type == "tensor(float)":
            pixels = np.asarray(pixels, np.float32) / np.float32(127.5) - 1
        answer = self._session.run(None, {self._input.name: pixels})[0][0]
        classes = answer.argmax(-1) if answer.ndim == 3 else answer
        seen = Image.fromarray(np.uint8(255) * np.isin(classes, FOUR_LEGGED).astype(np.uint8))
        return np.asarray(np.asarray(seen.resize(photo.size, Image.Resampling.BILINEAR)) > 127)


class Teachers:
    """Both teachers over the data's photographs."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._teachers = [Teacher(data / "models" / name) for name in TEACHERS]

    def pets(self, split: str, most: int = PETS) -> Iterator[tuple[Path, Pair]]:
        """Cats and dogs whose masks are believed."""
        for kind in ("cat", "dog"):
            yield from self._believed(of_split(files(self._data / "animals" / kind), split)[:most])

    def mammals(self) -> Iterator[tuple[Path, Pair]]:
        """ImageNet's mammals whose masks are believed."""
        yield from self._believed(self._imagenet(MAMMALS))

    def backgrounds(self) -> Iterator[Pair]:
        """Photographs in which the teachers do not both see an animal, and birds."""
        for path in self._imagenet(THINGS):
            photo = colours(path)
            if min(seen.mean() for seen in self._seen(photo)) < TRACE:
                yield _empty(photo)
        yield from (_empty(colours(path)) for path in self._imagenet(BIRDS))

    def _believed(self, paths: list[Path]) -> Iterator[tuple[Path, Pair]]:
        for path in paths:
            photo = colours(path)
            first, second = self._seen(photo)
            shares = sorted((first.mean(), second.mean()))
            if shares[0] >= SMALLEST and shares[1] <= LARGEST and iou(first, second) >= AGREED:
                yield path, Pair(photo, agreed(first, second))

    def _seen(self, photo: Image.Image) -> list[NDArray[np.bool_]]:
        return [teacher.animals(photo) for teacher in self._teachers]

    def _imagenet(self, classes: range | tuple[int, ...]) -> list[Path]:
        wanted = set(classes)
        return [path for path, index in sample(self._data) if index in wanted]


def agreed(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Image.Image:
    """Animal and background as both see them; what they disagree on is unknown."""
    mask = np.where(first == second, np.where(first, ANIMAL, BACKGROUND), UNKNOWN)
    return Image.fromarray(mask.astype(np.uint8))


def _empty(photo: Image.Image) -> Pair:
    return Pair(photo, Image.new("L", photo.size, BACKGROUND))
