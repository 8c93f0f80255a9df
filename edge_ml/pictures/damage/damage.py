"""Pixels decide whether a file is damaged: not the marks around them, and not the decoder's word alone."""

from PIL import Image

from edge_ml.pictures.formats.signatures import detect_format

_BLACK, _GRAY = b"\0", b"\x7f\x80"
"""The pixels that Pillow leaves where a PNG has none, and those that libjpeg makes of nothing; 127 in inverted inks."""

_LEAST_ZEROS, _SHARE_OF_ZEROS = 1024, 8


def repaired(data: bytes) -> bytes | None:
    """Return the file without what a decoder may have refused beside its pixels, None where that is not known.

    Raises Pillow's exceptions.
    """
    from edge_ml.pictures.damage import jpeg_pixels, png_pixels  # imported here: few pictures need them

    match detect_format(data):
        case "PNG":
            return png_pixels.only_pixels(data)
        case "JPEG":
            return jpeg_pixels.with_end(data)
    return None


def is_incomplete(image: Image.Image, data: bytes) -> bool:
    """Return whether `image`, decoded from the file `data`, has pixels that the decoder has made up.

    Where its last rows look like that, the file is read once more. Compressed pixels do not end in zeros: where these
    are an eighth of the file, a part was never written. Raises Pillow's exceptions.
    """
    from edge_ml.pictures.damage import jpeg_pixels, png_pixels  # imported here: few pictures need them

    if image.format == "PNG":
        return _ends_in(_BLACK, image, rows=2) and not png_pixels.has_all_pixels(data)
    if image.format in ("JPEG", "MPO"):
        if _ends_in(_GRAY, image, rows=1) and not jpeg_pixels.has_all_pixels(data):
            return True
        return jpeg_pixels.ends_in_zeros(data)
    compressed = image.format in ("WEBP", "AVIF", "HEIF")
    return compressed and data.endswith(bytes(max(_LEAST_ZEROS, len(data) // _SHARE_OF_ZEROS)))


def _ends_in(values: bytes, image: Image.Image, rows: int) -> bool:
    """Return whether one of the last rows has these values alone."""
    tops = range(max(image.height - rows, 0), image.height)
    return any(not image.crop((0, top, image.width, top + 1)).tobytes().strip(values) for top in tops)
