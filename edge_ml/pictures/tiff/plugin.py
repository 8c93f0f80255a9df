"""Pillow's decoder of TIFF, with one layout more, and with libtiff for all pixels, registered by this import."""

from PIL import TiffImagePlugin

TiffImagePlugin.READ_LIBTIFF = True
"""Pillow's own code for uncompressed pixels misreads planes of 16 bits, premultiplied planes, and subsampled colors."""

TiffImagePlugin.OPEN_INFO[TiffImagePlugin.MM, 0, (1,), 1, (16,), ()] = ("I;16B", "I;16B")
"""16 bits of gray, white being 0, in big-endian order."""
