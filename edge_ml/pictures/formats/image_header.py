"""The image header: open an image file and check its format and size before any pixel is decoded."""

from importlib import import_module
from io import BytesIO

from PIL import Image

from edge_ml.image_error import ImageError
from edge_ml.pictures.formats.pixel_budget import check_pixel_budget
from edge_ml.pictures.formats.signatures import PLUGINS, detect_format


def open_image(data: bytes) -> Image.Image:
    """Return the image, its pixels not yet decoded; raises ImageError, or Pillow's exceptions where it is damaged."""
    name = detect_format(data)
    if name is None:
        raise ImageError("not_an_image", "The file does not begin like any known image format.")
    if name not in PLUGINS:
        raise ImageError("unsupported_format", f"{name} is not supported; send one of {', '.join(PLUGINS)}.")
    import_module(PLUGINS[name])
    image = Image.open(BytesIO(data), formats=[name])
    if name == "JPEG":
        image.decodermaxblock = len(data)  # in the default blocks of 64 kB decoding takes up to 13 % longer
    check_pixel_budget(image, name, data)
    return image
