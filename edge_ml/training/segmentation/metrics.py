"""How well a mask fits: overlap, outline and calibration, in numpy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Mask = NDArray[np.bool_]
Floats = NDArray[np.floating[Any]]

TOLERANCE = 0.0075
"""Of the diagonal: how far an outline may be off and still count (as in DAVIS, Perazzi et al. 2016)."""


def iou(said: Mask, truth: Mask) -> float:
    """Intersection over union; 1 where there is nothing in either."""
    union = int((said | truth).sum())
    return float((said & truth).sum() / union) if union else 1.0


def outline(mask: Mask) -> Mask:
    """The mask's pixels that have a pixel beside them that is not of it."""
    inner = mask.copy()
    for axis in (0, 1):
        for step in (1, -1):
            inner &= np.roll(np.pad(mask, 1), step, axis)[1:-1, 1:-1]
    return mask & ~inner


def widened(mask: Mask, pixels: int) -> Mask:
    """The mask and all within so many pixels of it, in a square."""
    image = Image.fromarray(np.uint8(255) * mask.astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * pixels + 1))) > 127


def boundary_f1(said: Mask, truth: Mask) -> float:
    """Harmonic mean of the shares of either outline that lie near the other."""
    near = max(round(TOLERANCE * float(np.hypot(*truth.shape))), 1)
    lines = outline(said), outline(truth)
    if not (lines[0].any() and lines[1].any()):
        return float(lines[0].any() == lines[1].any())
    precision = float((lines[0] & widened(lines[1], near)).sum() / lines[0].sum())
    recall = float((lines[1] & widened(lines[0], near)).sum() / lines[1].sum())
    return 2 * precision * recall / max(precision + recall, 1e-9)


def calibration_error(probability: Floats, truth: Mask, bins: int = 15) -> float:
    """Expected calibration error of the animal's probability over equal-width bins."""
    bin_of = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [abs(float(truth[bin_of == b].sum() - probability[bin_of == b].sum())) for b in range(bins)]
    return sum(gaps) / max(truth.size, 1)


def fitted_temperature(lead: Floats, truth: Mask) -> float:
    """The temperature in 0.5-5 by which the animal's lead over the background (logits) surprises least."""
    against = np.where(truth, -lead, lead)
    candidates = np.exp(np.arange(np.log(0.5), np.log(5.0), 0.02))
    return float(min(candidates, key=lambda heat: float(np.logaddexp(0, against / heat).mean())))
