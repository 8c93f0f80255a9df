"""What a file says of itself before any pixel is decoded: its format, and whether its size is within the budget."""

from importlib import import_module
from io import BytesIO

from PIL import Image

from edge_ml.image_error import ImageError
from edge_ml.pictures.decompression.memory_limit import memory_limited
from edge_ml.pictures.formats.signatures import PLUGINS, format_of

MOST_PIXELS = {
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
"""What each decoder can take and still stay under 600 MB: WebP needs 16 bytes a pixel, a baseline JPEG next to none."""

_MOST_SCANS = 100
_TILE_WIDTH, _TILE_LENGTH = 322, 323

Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())  # Pillow's own check stays as a second net below this one


def opened(data: bytes) -> Image.Image:
    """The image, its pixels not yet decoded; raises ImageError, and on damage whatever Pillow raises."""
    name = format_of(data)
    if name is None:
        raise ImageError("not_an_image", "The file does not begin like any known image format.")
    if name not in PLUGINS:
        raise ImageError("unsupported_format", f"{name} is not decoded; send one of {', '.join(PLUGINS)}.")
    import_module(PLUGINS[name])
    image = Image.open(BytesIO(data), formats=[name])
    if name == "JPEG":
        image.decodermaxblock = len(data)  # in pieces of 64 kB it takes up to 13 % longer
    _judge(image, "progressive JPEG" if "progressive" in image.info else name, data)
    return image


def load(image: Image.Image) -> None:
    """Decode its pixels, within the memory that is granted to one image; raises whatever Pillow raises."""
    if image.format == "JPEG":  # which takes what its header says and no more, and should not pay for the limit
        image.load()
        return
    with memory_limited():
        image.load()


def _judge(image: Image.Image, kind: str, data: bytes) -> None:
    """Refuse by the header alone what would take too much memory or time to decode."""
    most = MOST_PIXELS[kind]
    if max(image.width * image.height, _tile(image)) > most:
        raise ImageError(
            "too_many_pixels",
            f"{image.width} × {image.height} pixels; of a {kind} {most // 1_000_000} million are taken.",
        )
    if kind == "progressive JPEG" and data.count(b"\xff\xda") > _MOST_SCANS:
        raise ImageError("damaged_image", f"The JPEG has more than {_MOST_SCANS} scans; cameras write about ten.")


def _tile(image: Image.Image) -> int:
    """The pixels of one tile of a TIFF: it is decoded whole, however little of it the picture needs."""
    tags = getattr(image, "tag_v2", {})
    return int(tags.get(_TILE_WIDTH, 0)) * int(tags.get(_TILE_LENGTH, 0))
