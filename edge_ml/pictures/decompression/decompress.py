"""Decompression: the pixels of an opened image, within a memory limit."""

from typing import TYPE_CHECKING

from PIL import Image

from edge_ml.pictures.decompression.memory_limit import memory_limit

if TYPE_CHECKING:
    from edge_ml.pictures.size import Size

_MAX_DRAFT_PIXELS = 30_000_000
"""The most pixels of a JPEG that are decoded: Pillow holds 4 bytes of each, and twice that while it converts CMYK."""


def draft(image: Image.Image, size: "Size") -> None:
    """Have libjpeg skip details: it decodes at 1/2, 1/4 or 1/8 of the size where that is at least `size`.

    A picture that would not fit into memory is decoded smaller. Does nothing to other formats.
    """
    width, height = image.size
    scale = next((scale for scale in (1, 2, 4) if width * height <= _MAX_DRAFT_PIXELS * scale**2), 8)
    image.draft(None, (max(min(size[0], width // scale), 1), max(min(size[1], height // scale), 1)))


def decompress(image: Image.Image) -> None:
    """Decode the image's pixels within the memory limit of one image; raises Pillow's exceptions."""
    if image.format == "JPEG":  # needs no more memory than its header states, and setting the limit takes time
        image.load()
        return
    with memory_limit():
        image.load()
