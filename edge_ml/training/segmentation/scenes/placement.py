"""Where a photograph comes to lie in a scene: size, turn and shift, drawn at random."""

from math import cos, exp, radians, sin
from typing import NamedTuple, Self

import numpy as np
from PIL import Image

from edge_ml.training.segmentation.scenes.pairs import BACKGROUND, Pair

Size = tuple[int, int]

PLAIN_SHARE, STRETCH_SHARE = 0.25, 0.5
ZOOM, TURN, SHEAR, SHIFT = 1.7, 10.0, 0.15, 0.12
GREY = (114, 114, 114)
"""As edge_ml.pictures.decode pads."""


class Place(NamedTuple):
    """The size a photograph is resized to, its turn in radians, and its centre's shift in pixels."""

    size: Size
    turn: float
    shift: tuple[float, float]

    @classmethod
    def plain(cls, source: Size, scene: Size, *, stretch: bool) -> Self:
        """The whole photograph, as `stretch` or `letterbox` would show it."""
        scales = scene[0] / source[0], scene[1] / source[1]
        across, down = scales if stretch else (min(scales), min(scales))
        return cls((max(round(source[0] * across), 1), max(round(source[1] * down), 1)), 0.0, (0.0, 0.0))

    @classmethod
    def drawn(cls, source: Size, scene: Size, chance: np.random.Generator) -> Self:
        """Now and then the whole photograph, otherwise larger or smaller, turned and shifted."""
        plain = cls.plain(source, scene, stretch=chance.random() < STRETCH_SHARE)
        return plain if chance.random() < PLAIN_SHARE else plain._varied(scene, chance)

    def covering(self, scene: Size) -> Self:
        """Upright, and as large as it takes to fill the scene."""
        scale = max(scene[0] / self.size[0], scene[1] / self.size[1], 1.0)
        size = (int(np.ceil(self.size[0] * scale)), int(np.ceil(self.size[1] * scale)))
        return self._replace(size=size, turn=0.0, shift=(0.0, 0.0))

    def _varied(self, scene: Size, chance: np.random.Generator) -> Self:
        zoom, shear = ZOOM ** chance.uniform(-1, 1), exp(chance.uniform(-SHEAR, SHEAR) / 2)
        slack = SHIFT + max(zoom - 1, 0) / 3
        return self._replace(
            size=(max(round(self.size[0] * zoom * shear), 1), max(round(self.size[1] * zoom / shear), 1)),
            turn=radians(chance.uniform(-TURN, TURN)),
            shift=(chance.uniform(-slack, slack) * scene[0], chance.uniform(-slack, slack) * scene[1]),
        )


def placed(pair: Pair, place: Place, scene: Size) -> Pair:
    """The pair as it lies in the scene, grey background around it."""
    matrix = _inverse(place, scene)
    photo = pair.photo.resize(place.size, Image.Resampling.BILINEAR)
    mask = pair.mask.resize(place.size, Image.Resampling.NEAREST)
    how = Image.Transform.AFFINE
    return Pair(
        photo.transform(scene, how, matrix, Image.Resampling.BILINEAR if place.turn else 0, fillcolor=GREY),
        mask.transform(scene, how, matrix, Image.Resampling.NEAREST, fillcolor=BACKGROUND),
    )


def _inverse(place: Place, scene: Size) -> tuple[float, ...]:
    """From a point of the scene to the point of the resized photograph seen there, as Pillow wants it."""
    x, y = scene[0] / 2 + place.shift[0], scene[1] / 2 + place.shift[1]
    c, s = cos(place.turn), sin(place.turn)
    return (c, s, place.size[0] / 2 - c * x - s * y, -s, c, place.size[1] / 2 + s * x - c * y)
