"""Views of a photograph: random crop, resize filter, mirroring and color."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Box = tuple[float, float, float, float]
Pixels = NDArray[np.uint8]

FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BOX, Image.Resampling.LANCZOS)
GRAY_SHARE, COARSE_SHARE = 0.05, 0.15
MIDDLE = 116.0


def random_view(image: Image.Image, size: int, min_crop: float, turns: bool, random: np.random.Generator) -> Pixels:
    """Return a view, (size, size, 3) uint8, 0–255, of at least the share `min_crop` of the photograph.

    `turns` permits quarter turns, for objects without an upright.
    """
    box, resample = random_box(image, min_crop, random), FILTERS[random.integers(len(FILTERS))]
    if random.random() < COARSE_SHARE:  # the look of small or distant photographs
        coarse = round(size * random.uniform(0.4, 0.9))
        image, box = image.resize((coarse, coarse), resample, box=box), (0, 0, coarse, coarse)
    pixels = np.asarray(recolor(image.resize((size, size), resample, box=box), random))
    pixels = pixels[:, ::-1] if random.random() < 0.5 else pixels
    return np.rot90(pixels, int(random.integers(4))) if turns else pixels


def upright(image: Image.Image) -> Image.Image:
    """Return the image in RGB, turned by its EXIF orientation."""
    return ImageOps.exif_transpose(image).convert("RGB")


def random_box(image: Image.Image, min_crop: float, random: np.random.Generator) -> Box:
    """Return a crop: left, top, right, bottom in pixels.

    Its aspect lies between a square and the photograph's own, and up to 25 % beyond: the network thereby learns both
    "stretch" and "cover".
    """
    own_aspect = image.width / image.height
    aspect = own_aspect ** random.uniform(0, 1) * np.exp(random.uniform(-0.22, 0.22))
    area = random.uniform(min_crop, 1.0) * image.width * image.height
    width = min(float(np.sqrt(area * aspect)), image.width)
    height = min(float(np.sqrt(area / aspect)), image.height)
    left, top = random.uniform(0, image.width - width), random.uniform(0, image.height - height)
    return (left, top, left + width, top + height)


def recolor(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Return the RGB image in other colors, clipped to 0–255."""
    return image.convert("RGB", random_color_matrix(random))


def random_color_matrix(random: np.random.Generator) -> tuple[float, ...]:
    """Return three rows of weights of R, G, B and an offset (0–255).

    They vary saturation, contrast, brightness and tint.
    """
    saturation = 0.0 if random.random() < GRAY_SHARE else random.uniform(0.6, 1.4)
    contrast = random.uniform(0.65, 1.35)
    weights = contrast * (saturation * np.eye(3) + (1 - saturation) / 3)
    offset = MIDDLE * (1 - contrast) + random.uniform(-23, 23) + random.uniform(-7, 7, 3)
    return tuple(np.column_stack([weights, offset]).ravel().tolist())


def whole_photos(paths: Sequence[Path], size: int) -> Pixels:
    """Return the whole photographs, stretched, (N, size, size, 3) uint8, 0–255."""
    return np.stack([_stretch(path, size) for path in paths])


def _stretch(path: Path, size: int) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(upright(image).resize((size, size), Image.Resampling.BILINEAR))
