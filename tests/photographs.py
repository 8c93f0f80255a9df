"""Photographs of scikit-image as JPEG files, as from a camera."""

import io

from PIL import Image as Picture

from local.demo import photos


def photograph(name: str = "cat") -> bytes:
    """Return the photograph of that name (see `local.demo.photos.PHOTOS`) as a JPEG file."""
    buffer = io.BytesIO()
    with Picture.open(photos.path(name)) as picture:
        picture.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
