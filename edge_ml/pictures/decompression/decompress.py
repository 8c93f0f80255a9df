"""Decompression: the pixels of an opened image, within a memory limit."""

from PIL import Image

from edge_ml.pictures.decompression.memory_limit import memory_limit


def decompress(image: Image.Image) -> None:
    """Decode the image's pixels within the memory limit of one image; raises Pillow's exceptions."""
    if image.format == "JPEG":  # needs no more memory than its header states, and setting the limit takes time
        image.load()
        return
    with memory_limit():
        image.load()
