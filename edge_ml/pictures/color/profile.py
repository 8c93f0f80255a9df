"""Color profiles (ICC): the conversion to sRGB."""

from io import BytesIO

from PIL import Image

from edge_ml.pictures.color.modes import to_rgb
from edge_ml.pictures.decompression.decoder_errors import DECODER_ERRORS


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB without metadata, converted by its color profile where that is usable."""
    plain = to_rgb(image)
    if profile:
        plain = _convert(image if image.mode in ("L", "CMYK") else plain, profile) or plain
    plain.info = {}
    return plain


def _convert(image: Image.Image, profile: bytes) -> Image.Image | None:
    from PIL import ImageCms  # imported here: few pictures need it

    try:
        source, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, *DECODER_ERRORS):
        return None
