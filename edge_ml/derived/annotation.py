"""What was seen, drawn on the picture: boxes, outlines, and labels with their confidence, legible at any size."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from edge_ml.derived.colors import Colour, colour_of, ink_on
from edge_ml.derived.label_placement import Rectangle, placed

_MOST_LINES = 5
_VEIL = 56
"""How much of its colour a mask lays over the animal, of 255."""

Detection = Mapping[str, Any]


class Drawing:
    """A picture on its way to be annotated; lines and letters are scaled to it."""

    def __init__(self, picture: Image.Image) -> None:
        self.picture = picture
        self._font = _font(_letters(picture))
        self._line = max(2, _letters(picture) // 6)
        self._pad = max(2, _letters(picture) // 4)
        self._taken: list[Rectangle] = []

    def annotate(self, detections: Sequence[Detection]) -> None:
        """Draw the detections, best first: the best ones' labels choose their places, and lie on top."""
        somewhere = [(text_of(each, n), each) for n, each in enumerate(detections, 1) if _extent(each)]
        for _, each in reversed(somewhere):
            self._outline(each)
        self._caption([(text_of(each, n), each) for n, each in enumerate(detections, 1) if not _extent(each)])
        for text, each in somewhere:
            self._label(text, each)

    def _outline(self, seen: Detection) -> None:
        polygons = [[self._point(*each) for each in polygon] for polygon in seen.get("outline") or ()]
        lines = [[*polygon, polygon[0]] for polygon in polygons if len(polygon) > 2]
        if not lines:
            left, top, right, bottom = self._box(seen)
            lines = [[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]]
        else:
            self._veil(polygons, colour_of(seen["label"]))
        pen, own = ImageDraw.Draw(self.picture), colour_of(seen["label"])
        for colour, width in ((ink_on(own), self._line + 2), (own, self._line)):
            for line in lines:
                pen.line(line, colour, width, joint="curve")

    def _veil(self, polygons: list[list[tuple[int, int]]], colour: Colour) -> None:
        mask = Image.new("L", self.picture.size)
        for polygon in (each for each in polygons if len(each) > 2):
            ImageDraw.Draw(mask).polygon(polygon, fill=_VEIL)
        self.picture.paste(colour, mask=mask)

    def _label(self, text: str, seen: Detection) -> None:
        box = self._box(seen)
        half = (self._line + 1) // 2
        around = Rectangle(box.left - half, box.top - half, box.right + half, box.bottom + half)
        place = placed(self._plate_size(text), around, self.picture.size, self._taken)
        self._plate(place, text, colour_of(seen["label"]))

    def _caption(self, lines: Sequence[tuple[str, Detection]]) -> None:
        """What is seen, but nowhere in particular: a line each in the lower left corner."""
        bottom = self.picture.height - self._pad
        for text, seen in reversed(lines[:_MOST_LINES]):
            width, height = self._plate_size(text)
            plate = Rectangle(self._pad, bottom - height, self._pad + width, bottom).moved_into(self.picture.size)
            self._plate(plate, text, colour_of(seen["label"]))
            bottom -= height + 1

    def _plate(self, plate: Rectangle, text: str, colour: Colour) -> None:
        pen = ImageDraw.Draw(self.picture)
        right, bottom = plate.right - 1, plate.bottom - 1
        pen.rounded_rectangle((plate.left, plate.top, right, bottom), self._pad // 2, fill=colour)
        middle = (plate.left + self._pad, (plate.top + plate.bottom) / 2)
        pen.text(middle, text, fill=ink_on(colour), font=self._font, anchor="lm")
        self._taken.append(plate)

    def _plate_size(self, text: str) -> tuple[int, int]:
        ascent, descent = self._font.getmetrics()
        return (round(self._font.getlength(text)) + 2 * self._pad, ascent + descent // 2)

    def _box(self, seen: Detection) -> Rectangle:
        left, top, right, bottom = _extent(seen) or (0, 0, 1, 1)
        return Rectangle(*self._point(left, top), *self._point(right, bottom))

    def _point(self, x: float, y: float) -> tuple[int, int]:
        width, height = self.picture.size
        return (round(min(max(x, 0), 1) * (width - 1)), round(min(max(y, 0), 1) * (height - 1)))


def text_of(seen: Detection, number: int) -> str:
    """`cat 97%`. The font has no letters but Latin ones, without accents: other labels show as their number."""
    plain = unicodedata.normalize("NFKD", seen["label"]).encode("ascii", "ignore").decode().strip()
    percent = round(100 * seen["confidence"])
    return f"{plain if any(map(str.isalnum, plain)) else f'#{number}'} {f'{percent}%' if percent else '<1%'}"


def _extent(seen: Detection) -> tuple[float, float, float, float] | None:
    """Where it is, as left, top, right and bottom fractions; None for what is nowhere in particular."""
    box = seen.get("box")
    if box:
        return (box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])
    points = [point for polygon in seen.get("outline") or () for point in polygon]
    if not points:
        return None
    across, down = zip(*points, strict=True)
    return (min(across), min(down), max(across), max(down))


def _font(size: int) -> ImageFont.FreeTypeFont:
    """The one that comes with Pillow: there is none other where the function runs."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _letters(picture: Image.Image) -> int:
    """The height of the letters, in pixels."""
    return max(15, round(max(picture.size) / 54))
