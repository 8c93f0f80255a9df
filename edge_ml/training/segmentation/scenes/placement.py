"""The random placement of a photograph in a scene: size, rotation and shift."""

from math import cos, exp, radians, sin
from typing import NamedTuple, Self

import numpy as np
from PIL import Image

from edge_ml.pictures.size import Size
from edge_ml.training.segmentation.scenes.pairs import BACKGROUND, Pair

WHOLE_SHARE, STRETCH_SHARE = 0.25, 0.5
ZOOM, MAX_DEGREES, SHEAR, SHIFT = 1.7, 10.0, 0.15, 0.12
GRAY = (114, 114, 114)
"""The padding of edge_ml.pictures.decode."""


class Placement(NamedTuple):
    """The size a photograph is resized to, its rotation in radians, and its center's shift in pixels."""

    size: Size
    rotation: float
    shift: tuple[float, float]

    @classmethod
    def whole(cls, source: Size, scene: Size, *, stretch: bool) -> Self:
        """Return the placement of the whole photograph by `stretch` or `letterbox`."""
        scales = scene[0] / source[0], scene[1] / source[1]
        across, down = scales if stretch else (min(scales), min(scales))
        return cls((max(round(source[0] * across), 1), max(round(source[1] * down), 1)), 0.0, (0.0, 0.0))

    @classmethod
    def random(cls, source: Size, scene: Size, random: np.random.Generator) -> Self:
        """Return the placement of the whole photograph in a quarter of the cases, else a varied one."""
        whole = cls.whole(source, scene, stretch=random.random() < STRETCH_SHARE)
        return whole if random.random() < WHOLE_SHARE else whole._varied(scene, random)

    def covering(self, scene: Size) -> Self:
        """Return the placement without rotation and shift, and large enough to fill the scene."""
        scale = max(scene[0] / self.size[0], scene[1] / self.size[1], 1.0)
        size = (int(np.ceil(self.size[0] * scale)), int(np.ceil(self.size[1] * scale)))
        return self._replace(size=size, rotation=0.0, shift=(0.0, 0.0))

    def _varied(self, scene: Size, random: np.random.Generator) -> Self:
        zoom, shear = ZOOM ** random.uniform(-1, 1), exp(random.uniform(-SHEAR, SHEAR) / 2)
        slack = SHIFT + max(zoom - 1, 0) / 3
        return self._replace(
            size=(max(round(self.size[0] * zoom * shear), 1), max(round(self.size[1] * zoom / shear), 1)),
            rotation=radians(random.uniform(-MAX_DEGREES, MAX_DEGREES)),
            shift=(random.uniform(-slack, slack) * scene[0], random.uniform(-slack, slack) * scene[1]),
        )


def place(pair: Pair, placement: Placement, scene: Size) -> Pair:
    """Return the pair placed in a scene of that (width, height), with gray background around it."""
    matrix = _inverse_matrix(placement, scene)
    photo = pair.photo.resize(placement.size, Image.Resampling.BILINEAR)
    mask = pair.mask.resize(placement.size, Image.Resampling.NEAREST)
    affine, resample = Image.Transform.AFFINE, Image.Resampling.BILINEAR if placement.rotation else 0
    return Pair(
        photo.transform(scene, affine, matrix, resample, fillcolor=GRAY),
        mask.transform(scene, affine, matrix, Image.Resampling.NEAREST, fillcolor=BACKGROUND),
    )


def _inverse_matrix(placement: Placement, scene: Size) -> tuple[float, ...]:
    """Return Pillow's affine matrix from points of the scene to points of the resized photograph."""
    x, y = scene[0] / 2 + placement.shift[0], scene[1] / 2 + placement.shift[1]
    c, s = cos(placement.rotation), sin(placement.rotation)
    return (c, s, placement.size[0] / 2 - c * x - s * y, -s, c, placement.size[1] / 2 + s * x - c * y)
