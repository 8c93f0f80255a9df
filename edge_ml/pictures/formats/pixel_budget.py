"""The pixel budget: the size up to which each format is decoded, judged by the header alone."""

from PIL import Image

from edge_ml.image_error import ImageError

PIXEL_BUDGETS = {
    "JPEG": 150_000_000,
    "progressive JPEG": 50_000_000,
    "PNG": 50_000_000,
    "GIF": 50_000_000,
    "BMP": 50_000_000,
    "HEIF": 50_000_000,
    "TIFF": 35_000_000,
    "WEBP": 25_000_000,
    "AVIF": 25_000_000,
}
"""The most pixels that a decoder handles within 600 MB: WebP needs 16 bytes per pixel, a baseline JPEG hardly any."""

_MAX_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
_TILE_WIDTH, _TILE_LENGTH = 322, 323

Image.MAX_IMAGE_PIXELS = max(PIXEL_BUDGETS.values())  # Pillow's own check remains as a second one


def check_pixel_budget(image: Image.Image, name: str, data: bytes) -> None:
    """Raise ImageError where an image of the format `name` has more pixels or scans than its budget permits."""
    kind = "progressive JPEG" if "progressive" in image.info else name
    budget = PIXEL_BUDGETS[kind]
    if max(image.width * image.height, _tile_pixels(image)) > budget:
        raise ImageError(
            "too_many_pixels",
            f"{image.width} × {image.height} pixels; the limit for a {kind} is {budget // 1_000_000} million.",
        )
    if kind == "progressive JPEG" and data.count(_START_OF_SCAN) > _MAX_SCANS:
        raise ImageError("damaged_image", f"The JPEG has more than {_MAX_SCANS} scans; cameras write about ten.")


def _tile_pixels(image: Image.Image) -> int:
    """Return the pixels of one tile of a TIFF: a tile is decoded whole, however little of it the picture uses."""
    tags = getattr(image, "tag_v2", {})
    return int(tags.get(_TILE_WIDTH, 0)) * int(tags.get(_TILE_LENGTH, 0))
