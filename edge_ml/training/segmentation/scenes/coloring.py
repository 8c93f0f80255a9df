"""Other light and other lenses: the same scene as another camera might have taken it."""

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

GREY_SHARE, BLUR_SHARE, GAIN_SHARE = 0.06, 0.15, 0.4


def coloured(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Brightness, contrast, saturation and tint changed at random; now and then grey or blurred."""
    for kind, reach in ((ImageEnhance.Brightness, 0.35), (ImageEnhance.Contrast, 0.35), (ImageEnhance.Color, 0.45)):
        photo = kind(photo).enhance(float(chance.uniform(1 - reach, 1 + reach)))
    if chance.random() < GAIN_SHARE:
        photo = _tinted(photo, chance)
    if chance.random() < GREY_SHARE:
        photo = photo.convert("L").convert("RGB")
    if chance.random() < BLUR_SHARE:
        photo = photo.filter(ImageFilter.GaussianBlur(float(chance.uniform(0.4, 1.4))))
    return photo


def _tinted(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Each channel by its own gamma and gain."""
    steps = np.arange(256) / 255
    tables = [255 * chance.uniform(0.85, 1.15) * steps ** chance.uniform(0.75, 1.33) for _ in range(3)]
    return photo.point([int(value) for value in np.clip(np.concatenate(tables), 0, 255)])
