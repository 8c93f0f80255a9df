"""The draft decode of JPEGs: libjpeg decodes no more details than a smaller picture has."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from edge_ml.pictures.size import Size

_MAX_DRAFT_PIXELS = 30_000_000
"""The most pixels of a JPEG that are decoded: Pillow holds 4 bytes of each, and twice that while it converts CMYK."""


def draft(image: "ImageFile", data: bytes, size: "Size") -> None:
    """Have libjpeg skip details: it decodes the file `data` at 1/2, 1/4 or 1/8 where that is at least `size`.

    A picture that would not fit into memory is decoded smaller. Does nothing to other formats.
    """
    width, height = image.size
    scale = least_scale(image.size)
    image.draft(None, (max(min(size[0], width // scale), 1), max(min(size[1], height // scale), 1)))
    if image.info.get("progressive") and image.decoderconfig[:1] == (8,):
        from edge_ml.pictures.formats.coarse_scans import coarse_scans  # imported here: few pictures need it

        image.fp = BytesIO(coarse_scans(data) or data)


def least_scale(size: "Size") -> int:
    """Return the least divisor of its sides, 1, 2, 4 or 8, at which a JPEG of this size fits into memory."""
    return next((scale for scale in (1, 2, 4) if size[0] * size[1] <= _MAX_DRAFT_PIXELS * scale**2), 8)
