"""HEIF for Pillow, as iPhones write it: importing this module is what teaches Pillow to read it.

Only the picture itself is read: a thumbnail inside the file need not show the same.
"""

from pillow_heif import register_heif_opener

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
