"""Decode an image file to the whole picture: upright, in sRGB, without metadata."""

from functools import partial

from PIL import Image

from edge_ml.pictures.color.modes import to_resizable
from edge_ml.pictures.color.profile import to_srgb
from edge_ml.pictures.decompression.decoder_errors import decoder_errors_translated
from edge_ml.pictures.exif_orientation import apply_orientation, exif_orientation, swaps_sides
from edge_ml.pictures.pixels import decoded
from edge_ml.pictures.size import Size, scale_within


def upright(data: bytes, *, max_side: int, min_side: int = 1, grow_to: int = 1) -> Image.Image:
    """Return the picture scaled by `scale_within`, RGB; raises ImageError."""
    with decoder_errors_translated():
        scaled = partial(scale_within, max_side=max_side, min_side=min_side, grow_to=grow_to)
        image, original = decoded(data, lambda size: _doubled(scaled(size)))
        orientation = exif_orientation(image)
        size = scaled(original[::-1])[::-1] if swaps_sides(orientation) else scaled(original)
        profile = image.info.get("icc_profile")
        if not (profile and image.mode == "CMYK"):  # only the profile knows the colors of the inks
            image = to_resizable(image)
        resized = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
        return apply_orientation(to_srgb(resized, profile), orientation)


def _doubled(size: Size) -> Size:
    return (2 * size[0], 2 * size[1])
