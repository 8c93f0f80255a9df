"""The EXIF orientation: read it, and turn pictures upright. HEIF's own rotation is applied by HEIF's decoder."""

from PIL import Image

from edge_ml.pictures.decompression.decoder_errors import DECODER_ERRORS

_TAG = 0x0112
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def exif_orientation(image: Image.Image) -> int:
    """Return the orientation, 1–8; 1 (upright) where the EXIF block is absent or damaged.

    Call it after `decompress`: a PNG may hold its EXIF block after the pixels.
    """
    try:
        value = image.getexif().get(_TAG)
    except DECODER_ERRORS:
        return 1
    return value if value in _TRANSPOSES else 1


def swaps_sides(orientation: int) -> bool:
    """Return whether turning the picture upright exchanges its width and height."""
    return orientation >= 5


def apply_orientation(image: Image.Image, orientation: int) -> Image.Image:
    """Return the picture upright."""
    return image.transpose(_TRANSPOSES[orientation]) if orientation > 1 else image
