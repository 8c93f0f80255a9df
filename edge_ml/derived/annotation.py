"""Annotation: boxes, outlines, and labels with confidences drawn on a picture, legible at any size."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from edge_ml.derived.colors import Color, label_color, text_color
from edge_ml.derived.label_placement import Rectangle, place_label
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection

_MAX_CAPTION_LINES = 5
_MASK_OPACITY = 56
"""The opacity of the color over a mask, of 255."""


class Annotation:
    """Draws detections on a picture; lines and letters are scaled to its size."""

    def __init__(self, picture: Image.Image) -> None:
        self.picture = picture
        letter_height = _letter_height(picture)
        self._font = _font(letter_height)
        self._line_width = max(2, letter_height // 6)
        self._padding = max(2, letter_height // 4)
        self._occupied: list[Rectangle] = []

    def draw(self, detections: "Sequence[Detection]") -> None:
        """Draw the detections, best first: the label of a better one is placed first, and its outline lies on top."""
        texts = [(label_text(detection, n), detection) for n, detection in enumerate(detections, 1)]
        located = [(text, detection) for text, detection in texts if _extent(detection)]
        for _, detection in reversed(located):
            self._draw_outline(detection)
        self._draw_caption([(text, detection) for text, detection in texts if not _extent(detection)])
        for text, detection in located:
            self._draw_label(text, detection)

    def _draw_outline(self, detection: "Detection") -> None:
        polygons = [[self._point(x, y) for x, y in polygon] for polygon in detection.get("outline") or ()]
        polygons = [polygon for polygon in polygons if len(polygon) > 2]
        color = label_color(detection["label"])
        if polygons:
            self._fill(polygons, color)
            lines = [[*polygon, polygon[0]] for polygon in polygons]
        else:
            left, top, right, bottom = self._box(detection)
            lines = [[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]]
        pen = ImageDraw.Draw(self.picture)
        for line_color, width in ((text_color(color), self._line_width + 2), (color, self._line_width)):
            for line in lines:
                pen.line(line, line_color, width, joint="curve")

    def _fill(self, polygons: list[list[tuple[int, int]]], color: Color) -> None:
        mask = Image.new("L", self.picture.size)
        for polygon in polygons:
            ImageDraw.Draw(mask).polygon(polygon, fill=_MASK_OPACITY)
        self.picture.paste(color, mask=mask)

    def _draw_label(self, text: str, detection: "Detection") -> None:
        box = self._box(detection)
        half = (self._line_width + 1) // 2
        outer = Rectangle(box.left - half, box.top - half, box.right + half, box.bottom + half)
        place = place_label(self._label_size(text), outer, self.picture.size, self._occupied)
        self._draw_text(place, text, label_color(detection["label"]))

    def _draw_caption(self, lines: "Sequence[tuple[str, Detection]]") -> None:
        """Draw the labels of detections without a place, one per line, in the lower left corner."""
        bottom = self.picture.height - self._padding
        for text, detection in reversed(lines[:_MAX_CAPTION_LINES]):
            width, height = self._label_size(text)
            place = Rectangle(self._padding, bottom - height, self._padding + width, bottom)
            self._draw_text(place.moved_into(self.picture.size), text, label_color(detection["label"]))
            bottom -= height + 1

    def _draw_text(self, place: Rectangle, text: str, color: Color) -> None:
        pen = ImageDraw.Draw(self.picture)
        right, bottom = place.right - 1, place.bottom - 1
        pen.rounded_rectangle((place.left, place.top, right, bottom), self._padding // 2, fill=color)
        left_middle = (place.left + self._padding, (place.top + place.bottom) / 2)
        pen.text(left_middle, text, fill=text_color(color), font=self._font, anchor="lm")
        self._occupied.append(place)

    def _label_size(self, text: str) -> Size:
        ascent, descent = self._font.getmetrics()
        return (round(self._font.getlength(text)) + 2 * self._padding, ascent + descent // 2)

    def _box(self, detection: "Detection") -> Rectangle:
        left, top, right, bottom = _extent(detection) or (0, 0, 1, 1)
        return Rectangle(*self._point(left, top), *self._point(right, bottom))

    def _point(self, x: float, y: float) -> tuple[int, int]:
        """Return the pixel at a point given in fractions of the picture's sides."""
        width, height = self.picture.size
        return (round(min(max(x, 0), 1) * (width - 1)), round(min(max(y, 0), 1) * (height - 1)))


def label_text(detection: "Detection", number: int) -> str:
    """Return a text such as `cat 97%`.

    The font has only Latin letters without accents: a label in other letters is shown as the detection's number.
    """
    plain = unicodedata.normalize("NFKD", detection["label"]).encode("ascii", "ignore").decode().strip()
    percent = round(100 * detection["confidence"])
    return f"{plain if any(map(str.isalnum, plain)) else f'#{number}'} {f'{percent}%' if percent else '<1%'}"


def _extent(detection: "Detection") -> tuple[float, float, float, float] | None:
    """Return left, top, right, bottom in fractions of the picture's sides; None for a detection without a place."""
    box = detection.get("box")
    if box:
        return (box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])
    points = [point for polygon in detection.get("outline") or () for point in polygon]
    if not points:
        return None
    across, down = zip(*points, strict=True)
    return (min(across), min(down), max(across), max(down))


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return Pillow's own font: the function's environment has no other."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _letter_height(picture: Image.Image) -> int:
    """Return the height of letters in pixels."""
    return max(15, round(max(picture.size) / 54))
