"""The photos that benchmarks decode, and their slow, exact decoding."""

import io
from pathlib import Path

import numpy as np
import skimage
from PIL import Image, ImageOps

from edge_ml.pictures.decode import Picture
from edge_ml.pictures.letterbox import Fit

SIZES = {"12 MP": (4000, 3000), "2 MP": (1632, 1224), "0.3 MP": (640, 480)}


def photo(width: int, height: int) -> bytes:
    """Return a JPEG of a cat with some sensor noise."""
    with Image.open(Path(skimage.__file__).parent / "data/chelsea.png") as cat:
        return camera_jpeg(cat, width, height)


def as_progressive(data: bytes) -> bytes:
    """Return the same picture as a progressive JPEG."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.save(file, "JPEG", quality="keep", progressive=True)
    return file.getvalue()


def camera_jpeg(image: Image.Image, width: int, height: int) -> bytes:
    """Return the picture as a JPEG of this size, with sensor noise so that it compresses no better than a photo."""
    noise = np.random.default_rng(0)
    pixels = np.asarray(image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC), np.float32)
    noisy = pixels + noise.standard_normal(pixels.shape, np.float32) * 4
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def decoded_in_full(data: bytes, fit: Fit) -> Picture:
    """Decode, orient and convert at full size, then resize with antialiasing; pixels are (H, W, 3) uint8."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    small = image.resize(fit.size, Image.Resampling.BILINEAR, box=fit.crop(image.size))
    return Picture(np.asarray(small), image.size)
