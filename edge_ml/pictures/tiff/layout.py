"""The layout of a TIFF's pixels: corrected where Pillow would misread it, refused by name where it cannot be read."""

from io import BytesIO
from typing import TYPE_CHECKING

from edge_ml.image_error import ImageError
from edge_ml.pictures.decompression.decoder_errors import DECODER_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.TiffImagePlugin import TiffImageFile

_SUBFILE, _WIDTH, _LENGTH, _BITS, _PHOTOMETRIC = 254, 256, 257, 258, 262
_SAMPLES, _MAX_VALUE, _PLANAR, _SUB_IFDS, _FORMAT, _DNG_VERSION = 277, 281, 284, 330, 339, 50706
"""The tags: https://www.loc.gov/preservation/digital/formats/content/tiff_tags.shtml"""

_WHITE_IS_ZERO, _RAW = 0, (32803, 34892)
_PLANES, _READ_AS_PLANES = 2, ("RGB", "RGBA", "CMYK")
_COLORS = {0: "gray", 1: "gray", 2: "RGB", 3: "palette", 5: "CMYK", 6: "YCbCr", 8: "CIELab", 9: "ICCLab", 10: "ITULab"}
_FORMATS = {1: "unsigned", 2: "signed", 3: "floating-point", 5: "complex integer", 6: "complex floating-point"}
_NATIVE = {"I;16BS": "I;16S", "I;32BS": "I;32S", "F;32BF": "F;32F"}
"""The order in which libtiff returns big-endian values: that of this machine, which is little-endian."""


def correct(image: "TiffImageFile") -> None:
    """Let Pillow read the pixels as they are meant; raises ImageError where it cannot.

    `info` of the image gets `white`, the value of white, and `inverted` where that of black is greater.
    """
    tags = image.tag_v2
    _refuse_raw(tags)
    bits, photometric = _first(tags, _BITS, 1), tags.get(_PHOTOMETRIC)
    if bits > 8:
        image.info |= {"white": _white(tags, bits), "inverted": photometric == _WHITE_IS_ZERO}
    if bits > 8 and image.mode in ("RGB", "RGBA", "CMYK") and image.info["white"] != (1 << bits) - 1:
        raise _unsupported(f"colors of {image.info['white'].bit_length()} bits within {bits}")
    if tags.get(_PLANAR) == _PLANES and _first(tags, _SAMPLES, 1) > 1 and image.mode not in _READ_AS_PLANES:
        raise _unsupported(f"planes of {_described(tags)}")
    image.tile = [
        tile._replace(args=(_NATIVE.get(tile.args[0], tile.args[0]), *tile.args[1:]))
        for tile in image.tile
        if isinstance(tile.args, tuple)
    ]


def refusal(data: bytes) -> ImageError | None:
    """Return the error of a TIFF whose layout is not supported; None where its header is damaged."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    try:
        file = BytesIO(data)
        tags = ImageFileDirectory_v2(file.read(16 if data[2:3] == b"+" else 8))
        file.seek(tags.next)
        tags.load(file)
        _refuse_raw(tags)
        return _unsupported(_described(tags)) if tags[_WIDTH] * tags[_LENGTH] > 0 else None
    except ImageError as error:
        return error
    except DECODER_ERRORS:
        return None


def _refuse_raw(tags: "Mapping[int, object]") -> None:
    """Raise ImageError for a camera's raw file; its first picture may be a preview."""
    if _DNG_VERSION in tags:
        raise _unsupported("a camera's raw pixels (DNG)")
    preview = isinstance(tags.get(_SUBFILE), int) and bool(tags.get(_SUBFILE) == 1)
    if tags.get(_PHOTOMETRIC) in _RAW or (preview and _SUB_IFDS in tags):
        raise _unsupported("a camera's raw pixels")


def _described(tags: "Mapping[int, object]") -> str:
    """Return the layout in words, such as `5 samples of 8 bits, unsigned, gray`."""
    photometric = tags.get(_PHOTOMETRIC)
    color = _COLORS.get(photometric, f"color space {photometric}") if isinstance(photometric, int) else "no color space"
    form = _FORMATS.get(_first(tags, _FORMAT, 1), "undefined")
    samples = _first(tags, _SAMPLES, 1)
    return f"{samples} {'sample' if samples == 1 else 'samples'} of {_first(tags, _BITS, 1)} bits, {form}, {color}"


def _unsupported(layout: str) -> ImageError:
    detail = f"A TIFF of this layout is not supported: {layout}. Send a JPEG or PNG."
    return ImageError("unsupported_format", detail)


def _white(tags: "Mapping[int, object]", bits: int) -> int:
    """Return the value of white: the greatest of these bits, or of fewer where the file says that fewer are used."""
    full, stated = (1 << bits) - 1, _first(tags, _MAX_VALUE, 0)
    return stated if 255 < stated < full and not stated & (stated + 1) else full


def _first(tags: "Mapping[int, object]", tag: int, default: int) -> int:
    value = tags.get(tag, default)
    first = value[0] if isinstance(value, tuple) and value else value
    return int(first) if isinstance(first, int | float) else default
