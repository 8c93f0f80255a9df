"""Color jitter: the same scene in other light, as another camera might have taken it."""

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

GRAY_SHARE, BLUR_SHARE, GAIN_SHARE = 0.06, 0.15, 0.4


def jitter_colors(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """Return the photograph with random brightness, contrast, saturation and tint; sometimes gray or blurred."""
    for kind, reach in ((ImageEnhance.Brightness, 0.35), (ImageEnhance.Contrast, 0.35), (ImageEnhance.Color, 0.45)):
        photo = kind(photo).enhance(float(random.uniform(1 - reach, 1 + reach)))
    if random.random() < GAIN_SHARE:
        photo = _tint(photo, random)
    if random.random() < GRAY_SHARE:
        photo = photo.convert("L").convert("RGB")
    if random.random() < BLUR_SHARE:
        photo = photo.filter(ImageFilter.GaussianBlur(float(random.uniform(0.4, 1.4))))
    return photo


def _tint(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """Apply a random gamma and gain to each channel."""
    steps = np.arange(256) / 255
    tables = [255 * random.uniform(0.85, 1.15) * steps ** random.uniform(0.75, 1.33) for _ in range(3)]
    return photo.point([int(value) for value in np.clip(np.concatenate(tables), 0, 255)])
