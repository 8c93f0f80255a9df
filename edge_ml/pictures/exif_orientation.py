"""The EXIF orientation of an image, and how it is turned upright; HEIF's own rotation its decoder has applied."""

from PIL import Image

from edge_ml.pictures.decompression.decoder_errors import DAMAGE

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation_of(image: Image.Image) -> int:
    """1–8; damaged EXIF is no reason to refuse a picture. After `load`: PNG may keep its EXIF behind the pixels."""
    try:
        value = image.getexif().get(_ORIENTATION)
    except DAMAGE:
        return 1
    return value if value in _UPRIGHT else 1


def is_lying(orientation: int) -> bool:
    """Whether width and height change places."""
    return orientation >= 5


def turned_upright(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as its photographer saw it."""
    return image.transpose(_UPRIGHT[orientation]) if orientation > 1 else image
