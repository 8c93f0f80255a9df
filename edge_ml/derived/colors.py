"""A color for every label, the same on every picture, and a text color that is legible on it."""

import colorsys
import zlib

Color = tuple[int, int, int]
"""Red, green, blue, 0–255."""

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def label_color(label: str) -> Color:
    """Return a strong color whose hue is derived from the label."""
    hue = zlib.crc32(label.encode()) / 2**32
    red, green, blue = colorsys.hls_to_rgb(hue, 0.5, 0.95)
    return (round(255 * red), round(255 * green), round(255 * blue))


def text_color(background: Color) -> Color:
    """Return black or white, with the higher contrast: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    channels = zip((0.2126, 0.7152, 0.0722), background, strict=True)
    luminance = sum(weight * _linear(channel / 255) for weight, channel in channels)
    return BLACK if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else WHITE


def _linear(channel: float) -> float:
    """Return the linear value of an sRGB channel, both 0–1."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
