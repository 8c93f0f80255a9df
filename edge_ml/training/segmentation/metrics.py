"""Metrics of masks, in NumPy: overlap, outline and calibration."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Mask = NDArray[np.bool_]
"""(H, W), True on the object."""

Floats = NDArray[np.floating]

TOLERANCE = 0.0075
"""The permitted error of an outline, as a share of the diagonal (as in DAVIS, Perazzi et al. 2016)."""


def iou(predicted: Mask, truth: Mask) -> float:
    """Return the intersection over union; 1 where both masks are empty."""
    union = int((predicted | truth).sum())
    return float((predicted & truth).sum() / union) if union else 1.0


def outline(mask: Mask) -> Mask:
    """Return the mask's pixels that have a direct neighbor outside of it."""
    inner = mask.copy()
    for axis in (0, 1):
        for step in (1, -1):
            inner &= np.roll(np.pad(mask, 1), step, axis)[1:-1, 1:-1]
    return mask & ~inner


def widen(mask: Mask, pixels: int) -> Mask:
    """Return the mask with all pixels that lie at most that many pixels away, in rows and in columns."""
    image = Image.fromarray(np.uint8(255) * mask.astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * pixels + 1))) > 127


def boundary_f1(predicted: Mask, truth: Mask) -> float:
    """Return the harmonic mean of two shares: of each outline, the pixels that lie near the other outline."""
    tolerance = max(round(TOLERANCE * float(np.hypot(*truth.shape))), 1)
    lines = outline(predicted), outline(truth)
    if not (lines[0].any() and lines[1].any()):
        return float(lines[0].any() == lines[1].any())
    precision = float((lines[0] & widen(lines[1], tolerance)).sum() / lines[0].sum())
    recall = float((lines[1] & widen(lines[0], tolerance)).sum() / lines[1].sum())
    return 2 * precision * recall / max(precision + recall, 1e-9)


def calibration_error(probabilities: Floats, truth: Mask, bins: int = 15) -> float:
    """Return the expected calibration error of the object's probability, (N,), over equal-width bins."""
    bin_of = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [abs(float(truth[bin_of == b].sum() - probabilities[bin_of == b].sum())) for b in range(bins)]
    return sum(gaps) / max(truth.size, 1)


def fit_temperature(lead: Floats, truth: Mask) -> float:
    """Return the temperature in 0.5–5 with the least negative log likelihood.

    `lead` is the object's logit minus the background's, (N,).
    """
    against = np.where(truth, -lead, lead)
    candidates = np.exp(np.arange(np.log(0.5), np.log(5.0), 0.02))
    return float(min(candidates, key=lambda temperature: float(np.logaddexp(0, against / temperature).mean())))
