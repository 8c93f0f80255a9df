"""The pixel budget: the size up to which each format is decoded, judged by the header alone."""

from PIL import Image

from edge_ml.image_error import ImageError
from edge_ml.pictures.formats.jpeg_frame import JPEGFrame, has_more_scans, jpeg_frame
from edge_ml.pictures.size import Size

PIXEL_BUDGETS = {
    "JPEG": 150_000_000,
    "progressive JPEG": 50_000_000,
    "multi-scan JPEG": 50_000_000,
    "PNG": 50_000_000,
    "GIF": 50_000_000,
    "BMP": 50_000_000,
    "HEIF": 50_000_000,
    "TIFF": 35_000_000,
    "WEBP": 25_000_000,
    "AVIF": 25_000_000,
}
"""The most pixels that a decoder handles within 600 MB: WebP needs 16 bytes per pixel, a JPEG of one scan hardly any.

A JPEG of several scans needs 2 bytes per pixel and component; with four components its budget is three quarters.
"""

_MAX_SCANS = 100
_MAX_SCANNED_PIXELS = 1_000_000_000
"""The most scans of a JPEG, and of its pixels in all scans together: libjpeg visits every pixel in each scan.

Cameras write about ten scans, and libjpeg's own script for four components has eighteen.
"""

_TILE_WIDTH, _TILE_LENGTH = 322, 323

Image.MAX_IMAGE_PIXELS = max(PIXEL_BUDGETS.values())  # Pillow's own check remains as a second one


def check_jpeg(data: bytes) -> None:
    """Raise ImageError where a JPEG has more pixels or scans than its budget permits, before Pillow reads it."""
    frame = jpeg_frame(data)
    pixels = frame.size[0] * frame.size[1]
    _check_pixels(frame.size, pixels * max(frame.components, 3) // 3 if frame.several_scans else pixels, _kind(frame))
    most = min(_MAX_SCANS, _MAX_SCANNED_PIXELS // max(pixels, 1))
    if has_more_scans(data, frame, most):
        raise ImageError("damaged_image", f"The JPEG has more than {most} scans; cameras write about ten.")


def check_pixel_budget(image: Image.Image, name: str) -> None:
    """Raise ImageError where an image of the format `name` has more pixels than its budget permits."""
    _check_pixels(image.size, max(image.width * image.height, _tile_pixels(image)), name)


def _kind(frame: JPEGFrame) -> str:
    if frame.progressive:
        return "progressive JPEG"
    return "multi-scan JPEG" if frame.several_scans else "JPEG"


def _check_pixels(size: Size, pixels: int, kind: str) -> None:
    budget = PIXEL_BUDGETS[kind]
    if pixels > budget:
        detail = f"{size[0]} × {size[1]} pixels; the limit for a {kind} is {budget // 1_000_000} million."
        raise ImageError("too_many_pixels", detail)


def _tile_pixels(image: Image.Image) -> int:
    """Return the pixels of one tile of a TIFF: a tile is decoded whole, however little of it the picture uses."""
    tags = getattr(image, "tag_v2", {})
    return int(tags.get(_TILE_WIDTH, 0)) * int(tags.get(_TILE_LENGTH, 0))
