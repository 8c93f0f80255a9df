"""Decompression: the pixels of an opened image, within a memory limit."""

from PIL import Image

from edge_ml.pictures.decompression.memory_limit import memory_limit


def decompress(image: Image.Image) -> None:
    """Decode the image's pixels within the memory limit of one image; raises the exceptions of Pillow."""
    if image.format == "JPEG":  # takes the memory that its header says and no more, so it is spared the limit's cost
        image.load()
        return
    with memory_limit():
        image.load()
