"""HEIF, the format of iPhones: importing this module registers its decoder with Pillow.

Only the main picture is read: an embedded thumbnail may show something else.
"""

from pillow_heif import register_heif_opener

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
