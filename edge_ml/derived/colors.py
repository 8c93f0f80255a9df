"""A colour for every label: the same wherever the label is drawn, and an ink that can be read on it."""

import colorsys
import zlib

Colour = tuple[int, int, int]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def colour_of(label: str) -> Colour:
    """A strong colour; its hue is the label's own."""
    hue = zlib.crc32(label.encode()) / 2**32
    red, green, blue = colorsys.hls_to_rgb(hue, 0.5, 0.95)
    return (round(255 * red), round(255 * green), round(255 * blue))


def ink_on(colour: Colour) -> Colour:
    """Black or white, whichever stands out more: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    luminance = sum(weight * _linear(part / 255) for weight, part in zip((0.2126, 0.7152, 0.0722), colour, strict=True))
    return BLACK if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else WHITE


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
