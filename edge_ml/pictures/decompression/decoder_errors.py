"""The exceptions of decoders on damaged files and decompression bombs; Pillow has no common base class for them."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from edge_ml.image_error import ImageError

DECODER_ERRORS = (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError,
                  RuntimeError, struct.error, zlib.error)  # fmt: skip
_DECOMPRESSION_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)


@contextmanager
def decoder_errors_translated() -> Iterator[None]:
    """Translate the exceptions of decoders into an ImageError with the code for the file's fault."""
    try:
        yield
    except UnidentifiedImageError:
        raise ImageError("damaged_image", "The image's header cannot be read.") from None
    except _DECOMPRESSION_BOMB:
        raise ImageError("too_many_pixels", "The image does not fit into memory.") from None
    except DECODER_ERRORS as error:
        raise ImageError("damaged_image", f"The image is damaged: {str(error).strip()}.") from error
