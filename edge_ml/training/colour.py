"""Random changes of colour, as one 3 x 4 matrix per photograph."""

import numpy as np
from PIL import Image

GREY_SHARE = 0.05
MIDDLE = 116.0


def random_matrix(chance: np.random.Generator) -> tuple[float, ...]:
    """Rows of weights of R, G, B and an offset (0-255): random saturation, contrast, brightness and tint."""
    saturation = 0.0 if chance.random() < GREY_SHARE else chance.uniform(0.6, 1.4)
    contrast = chance.uniform(0.65, 1.35)
    weights = contrast * (saturation * np.eye(3) + (1 - saturation) / 3)
    offset = MIDDLE * (1 - contrast) + chance.uniform(-23, 23) + chance.uniform(-7, 7, 3)
    return tuple(np.column_stack([weights, offset]).ravel().tolist())


def recoloured(image: Image.Image, chance: np.random.Generator) -> Image.Image:
    """The RGB image in other colours, clipped to 0-255."""
    return image.convert("RGB", random_matrix(chance))
