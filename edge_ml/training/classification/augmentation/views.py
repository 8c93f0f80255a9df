"""What the network is shown of a photograph: another crop, filter, side and colour at every look."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Box = tuple[float, float, float, float]
Pixels = NDArray[np.uint8]

FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BOX, Image.Resampling.LANCZOS)
GREY_SHARE, COARSE_SHARE = 0.05, 0.15
MIDDLE = 116.0


def view(image: Image.Image, size: int, least: float, turns: bool, chance: np.random.Generator) -> Pixels:
    """A crop of at least the share `least`, uint8 [size, size, 3]; `turns` where up and down mean nothing."""
    box, resample = random_box(image, least, chance), FILTERS[chance.integers(len(FILTERS))]
    if chance.random() < COARSE_SHARE:  # as small or far photographs look
        coarse = round(size * chance.uniform(0.4, 0.9))
        image, box = image.resize((coarse, coarse), resample, box=box), (0, 0, coarse, coarse)
    pixels = np.asarray(recoloured(image.resize((size, size), resample, box=box), chance))
    pixels = pixels[:, ::-1] if chance.random() < 0.5 else pixels
    return np.rot90(pixels, int(chance.integers(4))) if turns else pixels


def upright(image: Image.Image) -> Image.Image:
    """RGB, turned as its EXIF says."""
    return ImageOps.exif_transpose(image).convert("RGB")


def random_box(image: Image.Image, least: float, chance: np.random.Generator) -> Box:
    """A crop whose aspect lies between a square and the photograph's own, and up to 25 % beyond.

    Both "stretch" and "cover" are thereby familiar to the network.
    """
    own = image.width / image.height
    aspect = own ** chance.uniform(0, 1) * np.exp(chance.uniform(-0.22, 0.22))
    area = chance.uniform(least, 1.0) * image.width * image.height
    width = min(float(np.sqrt(area * aspect)), image.width)
    height = min(float(np.sqrt(area / aspect)), image.height)
    left, top = chance.uniform(0, image.width - width), chance.uniform(0, image.height - height)
    return (left, top, left + width, top + height)


def recoloured(image: Image.Image, chance: np.random.Generator) -> Image.Image:
    """The RGB image in other colours, clipped to 0–255."""
    return image.convert("RGB", random_matrix(chance))


def random_matrix(chance: np.random.Generator) -> tuple[float, ...]:
    """Rows of weights of R, G, B and an offset (0–255): random saturation, contrast, brightness and tint."""
    saturation = 0.0 if chance.random() < GREY_SHARE else chance.uniform(0.6, 1.4)
    contrast = chance.uniform(0.65, 1.35)
    weights = contrast * (saturation * np.eye(3) + (1 - saturation) / 3)
    offset = MIDDLE * (1 - contrast) + chance.uniform(-23, 23) + chance.uniform(-7, 7, 3)
    return tuple(np.column_stack([weights, offset]).ravel().tolist())


def whole(paths: Sequence[Path], size: int) -> Pixels:
    """The whole photographs, uint8 [N, size, size, 3]."""
    return np.stack([_stretched(path, size) for path in paths])


def _stretched(path: Path, size: int) -> Pixels:
    with Image.open(path) as opened:
        return np.asarray(upright(opened).resize((size, size), Image.Resampling.BILINEAR))
