"""Detections drawn on a picture, as `GET /images/{image_id}/annotated` draws them; needs Pillow."""

import colorsys
import io
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sightline.client.problem import InvalidRequest, Problem
from sightline.client.schemas.image import Detection

if TYPE_CHECKING:
    from PIL import Image

_LONGEST_SIDE = 1600
_LEAST_CONFIDENCE = 0.3
"""Things that are located with less confidence are not drawn, as on the deployment's own pictures."""

_MOST_CAPTIONS = 5

Color = tuple[int, int, int]
Point = tuple[float, float]


def draw(picture: bytes, detections: Sequence[Detection]) -> bytes:
    """Return an upright JPEG of at most 1,600 pixels with the detections drawn on it.

    Raises Problem where Pillow is not installed or cannot read the picture.
    """
    image = _open(picture)
    canvas = _Canvas(image)
    located = [detection for detection in detections if _polygons(detection)]
    for detection in reversed(located):
        if detection["confidence"] >= _LEAST_CONFIDENCE:
            canvas.draw_thing(detection)
    canvas.draw_captions([detection for detection in detections if not _polygons(detection)][:_MOST_CAPTIONS])
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def _open(picture: bytes) -> "Image.Image":
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise Problem("drawing_unavailable", "Drawing needs Pillow: pip install 'sightline[draw]'.") from error
    try:
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(picture))).convert("RGB")
    except (OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError) as error:
        raise InvalidRequest("unsupported_format", "This computer cannot read the picture to draw on it.") from error
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return upright


class _Canvas:
    """A picture that is drawn on; lines and letters are scaled to its size."""

    def __init__(self, image: "Image.Image") -> None:
        from PIL import ImageDraw, ImageFont

        letter_height = max(15, max(image.size) // 54)
        self._size, self._pen = image.size, ImageDraw.Draw(image, "RGBA")
        self._font = ImageFont.load_default(letter_height)
        self._line_width, self._padding = max(2, letter_height // 6), max(2, letter_height // 4)

    def draw_thing(self, detection: Detection) -> None:
        """Draw the outline or box of a thing, and its label above it."""
        color = _color(detection["label"])
        polygons = [[self._pixel(x, y) for x, y in polygon] for polygon in _polygons(detection)]
        for polygon in polygons:
            if detection.get("outline"):
                self._pen.polygon(polygon, fill=(*color, 56))
            self._pen.line([*polygon, polygon[0]], fill=color, width=self._line_width, joint="curve")
        points = [point for polygon in polygons for point in polygon]
        left, top = min(x for x, _ in points), min(y for _, y in points)
        self._draw_text(_text(detection, 1), (left, top - self._line_height), color)

    def draw_captions(self, detections: Sequence[Detection]) -> None:
        """Draw the labels of the picture as a whole, one per line, in the lower left corner."""
        bottom = self._size[1] - self._padding - len(detections) * self._line_height
        for number, detection in enumerate(detections):
            place = (self._padding, bottom + number * self._line_height)
            self._draw_text(_text(detection, number + 1), place, _color(detection["label"]))

    @property
    def _line_height(self) -> float:
        return self._pen.textbbox((0, 0), "Äg", font=self._font)[3] + self._padding

    def _draw_text(self, text: str, place: Point, color: Color) -> None:
        width = self._pen.textlength(text, font=self._font) + 2 * self._padding
        left = max(0.0, min(place[0], self._size[0] - width))
        top = max(0.0, min(place[1], self._size[1] - self._line_height))
        self._pen.rectangle((left, top, left + width, top + self._line_height - 1), fill=color)
        ink = (0, 0, 0) if 299 * color[0] + 587 * color[1] + 114 * color[2] > 128_000 else (255, 255, 255)
        self._pen.text((left + self._padding, top), text, fill=ink, font=self._font)

    def _pixel(self, x: float, y: float) -> Point:
        return (min(max(x, 0), 1) * (self._size[0] - 1), min(max(y, 0), 1) * (self._size[1] - 1))


def _polygons(detection: Detection) -> list[list[Point]]:
    """Return the outline of a thing, or the corners of its box, in fractions; none for the picture as a whole."""
    outline = [[(x, y) for x, y in polygon] for polygon in detection.get("outline") or () if len(polygon) > 2]
    box = detection.get("box")
    if outline or not box:
        return outline
    right, bottom = box["left"] + box["width"], box["top"] + box["height"]
    return [[(box["left"], box["top"]), (right, box["top"]), (right, bottom), (box["left"], bottom)]]


def _text(detection: Detection, number: int) -> str:
    """Return a text such as `cat 97%`; Pillow's own font has Latin letters without accents only."""
    plain = unicodedata.normalize("NFKD", detection["label"]).encode("ascii", "ignore").decode().strip()
    return f"{plain if any(map(str.isalnum, plain)) else f'#{number}'} {detection['confidence']:.0%}"


def _color(label: str) -> Color:
    """Return the color of a label, which is the same on every picture and in the deployment."""
    hue = zlib.crc32(label.encode()) / 2**32
    red, green, blue = colorsys.hls_to_rgb(hue, 0.5, 0.95)
    return (round(255 * red), round(255 * green), round(255 * blue))
