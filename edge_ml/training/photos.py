"""Photographs in memory, and the boxes and filters that crops of them are rendered with."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Box = tuple[float, float, float, float]
Pixels = NDArray[np.uint8]

KEPT_SHORT_SIDE = 224
FILTERS = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.BOX,
    Image.Resampling.LANCZOS,
)


def load(path: Path) -> Image.Image:
    """The upright RGB photograph, shrunk so that its short side is at most 224 pixels."""
    with Image.open(path) as opened:
        opened.draft("RGB", (2 * KEPT_SHORT_SIDE, 2 * KEPT_SHORT_SIDE))
        image = ImageOps.exif_transpose(opened).convert("RGB")
    scale = KEPT_SHORT_SIDE / min(image.size)
    if scale >= 1:
        return image
    width, height = (round(side * scale) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC)


def whole(image: Image.Image) -> Box:
    """The box of the "stretch" resize: everything, in pixels (left, top, right, bottom)."""
    return (0.0, 0.0, float(image.width), float(image.height))


def centre(image: Image.Image) -> Box:
    """The box of the "cover" resize to a square: the largest centred square, in pixels."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    return (left, top, left + side, top + side)


def random_box(image: Image.Image, chance: np.random.Generator) -> Box:
    """A crop of 30-100 % of the area whose aspect lies between a square and the photograph's own.

    Aspects beyond are reached too (±25 %), so that both "stretch" and "cover" are familiar to the model.
    """
    own = image.width / image.height
    aspect = own ** chance.uniform(0, 1) * np.exp(chance.uniform(-0.22, 0.22))
    area = chance.uniform(0.3, 1.0) * image.width * image.height
    width = min(float(np.sqrt(area * aspect)), image.width)
    height = min(float(np.sqrt(area / aspect)), image.height)
    left, top = chance.uniform(0, image.width - width), chance.uniform(0, image.height - height)
    return (left, top, left + width, top + height)


def boxes(image: Image.Image, count: int, chance: np.random.Generator) -> list[Box]:
    """`count` boxes: the whole photograph, its centre square, and random crops."""
    fixed = [whole(image), centre(image)]
    return (fixed + [random_box(image, chance) for _ in range(count - 2)])[:count]


def nudged(box: Box, image: Image.Image, chance: np.random.Generator) -> Box:
    """The box with each edge moved by up to 5 % of its side, within the photograph."""
    left, top, right, bottom = box
    wide, high = (right - left) * 0.05, (bottom - top) * 0.05
    moved = np.array(box) + chance.uniform(-1, 1, 4) * (wide, high, wide, high)
    left, top, right, bottom = np.clip(moved, 0, (image.width, image.height) * 2).tolist()
    return (left, top, right, bottom)


def render(image: Image.Image, box: Box, size: int, resample: Image.Resampling) -> Image.Image:
    """The box resized to `size` x `size` pixels."""
    return image.resize((size, size), resample, box=box)
