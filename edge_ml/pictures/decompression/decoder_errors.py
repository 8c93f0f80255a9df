"""What decoders raise on damaged files, said in our codes; Pillow has no exception of its own for them."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from edge_ml.image_error import ImageError

DAMAGE = (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError,
          RuntimeError, struct.error, zlib.error)  # fmt: skip
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)


@contextmanager
def damage_coded() -> Iterator[None]:
    """Turn whatever a decoder raises into an ImageError with a code that says what is wrong with the file."""
    try:
        yield
    except UnidentifiedImageError:
        raise ImageError("damaged_image", "The image's header cannot be read.") from None
    except _BOMB:
        raise ImageError("too_many_pixels", "The image does not fit into memory.") from None
    except DAMAGE as error:
        raise ImageError("damaged_image", f"The image is damaged: {str(error).strip()}.") from error
