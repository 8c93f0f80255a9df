"""The teachers: two DeepLab models (arXiv 1802.02611) that make masks for photographs without drawn ones."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from PIL import Image

from edge_ml.training.data.imagenet_sample import BIRDS, imagenet_sample
from edge_ml.training.data.photographs import photo_files
from edge_ml.training.segmentation.metrics import Mask, iou
from edge_ml.training.segmentation.scenes.pairs import (
    ANIMAL,
    BACKGROUND,
    UNKNOWN,
    Pair,
    open_rgb,
    paths_in_split,
)

TEACHERS = ("deeplabv3_mnv2_dm05_pascal_quant.quant.onnx", "deeplab_v3_1_default_1.onnx")
FOUR_LEGGED = (8, 10, 12, 13, 17)
"""Pascal VOC's cat, cow, dog, horse and sheep."""

MIN_AGREEMENT, MIN_SHARE, MAX_SHARE = 0.75, 0.05, 0.75
"""A mask is used where both teachers' masks have this IoU, and the animal's share of the picture is in this range."""

TRACE = 0.01
"""The share of the picture below which a teacher sees no animal."""
MAX_PETS = 400
MAMMALS, THINGS = range(147, 389), range(398, 1000)
"""The indices of ImageNet's classes of mammals, and of things."""


class Teacher:
    """One DeepLab of either kind: uint8 to a class map, or −1..1 to scores."""

    def __init__(self, path: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        self._session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0]

    def animals(self, photo: Image.Image) -> Mask:
        """Return the pixels of four-legged animals, at the photograph's size."""
        side = self._input.shape[1]
        pixels: NDArray[np.number] = np.asarray(photo.resize((side, side), Image.Resampling.BILINEAR))[None]
        if self._input.type == "tensor(float)":
            pixels = np.asarray(pixels, np.float32) / np.float32(127.5) - 1
        output = self._session.run(None, {self._input.name: pixels})[0][0]
        classes = output.argmax(-1) if output.ndim == 3 else output
        mask = Image.fromarray(np.uint8(255) * np.isin(classes, FOUR_LEGGED).astype(np.uint8))
        return np.asarray(np.asarray(mask.resize(photo.size, Image.Resampling.BILINEAR)) > 127)


class Teachers:
    """Both teachers, on the photographs of the data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._teachers = [Teacher(data / "models" / name) for name in TEACHERS]

    def pets(self, split: str, max_count: int = MAX_PETS) -> Iterator[tuple[Path, Pair]]:
        """Yield cats and dogs on which the teachers agree; at most `max_count` of each are examined."""
        for kind in ("cat", "dog"):
            paths = paths_in_split(photo_files(self._data / "animals" / kind), split)
            yield from self._agreed_pairs(paths[:max_count])

    def mammals(self) -> Iterator[tuple[Path, Pair]]:
        """Yield ImageNet's mammals on which the teachers agree."""
        yield from self._agreed_pairs(self._imagenet(MAMMALS))

    def backgrounds(self) -> Iterator[Pair]:
        """Yield photographs in which at least one teacher sees no animal, and birds."""
        for path in self._imagenet(THINGS):
            photo = open_rgb(path)
            if min(mask.mean() for mask in self._masks(photo)) < TRACE:
                yield _empty(photo)
        yield from (_empty(open_rgb(path)) for path in self._imagenet(BIRDS))

    def _agreed_pairs(self, paths: list[Path]) -> Iterator[tuple[Path, Pair]]:
        for path in paths:
            photo = open_rgb(path)
            first, second = self._masks(photo)
            shares = sorted((first.mean(), second.mean()))
            if shares[0] >= MIN_SHARE and shares[1] <= MAX_SHARE and iou(first, second) >= MIN_AGREEMENT:
                yield path, Pair(photo, agreed_mask(first, second))

    def _masks(self, photo: Image.Image) -> list[Mask]:
        return [teacher.animals(photo) for teacher in self._teachers]

    def _imagenet(self, classes: range | tuple[int, ...]) -> list[Path]:
        wanted = set(classes)
        return [path for path, index in imagenet_sample(self._data) if index in wanted]


def agreed_mask(first: Mask, second: Mask) -> Image.Image:
    """Return a mask of the pixels on which both agree; those on which they disagree are unknown."""
    mask = np.where(first == second, np.where(first, ANIMAL, BACKGROUND), UNKNOWN)
    return Image.fromarray(mask.astype(np.uint8))


def _empty(photo: Image.Image) -> Pair:
    return Pair(photo, Image.new("L", photo.size, BACKGROUND))
