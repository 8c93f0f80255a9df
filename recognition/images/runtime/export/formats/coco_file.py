"""An export in COCO's format (https://cocodataset.org/#format-data): boxes and polygons in pixels.

Every annotation has polygons, because Label Studio's converter reads no run lengths, and pycocotools no annotation
without a segmentation: the sides of a box, or the pieces of a region, whose holes are joined to the outside by slits.
Only a detection with a position can be an annotation. A label of the whole picture is in the image's `labels`.
"""

import json
from collections.abc import Mapping
from typing import TypedDict

from recognition.images.runtime.export.formats.export_file import DetectionBody, ImageBody
from recognition.images.runtime.export.formats.mask_lines import mask_lines
from recognition.images.runtime.export.formats.polygons import Point, area, bounds, pieces, with_slits
from recognition.results.runtime.entry import Entry


class Region(TypedDict):
    """The position fields of an annotation, in pixels."""

    bbox: list[float]
    area: float
    segmentation: list[list[float]]
    iscrowd: int


class Label(TypedDict):
    """A label of the whole picture."""

    label: str
    score: float


class CocoFile:
    """See `ExportFile`. IDs are numbers within the file."""

    suffix, content_type = "json", "application/json"

    def __init__(self) -> None:
        self.images = self.left_out = self.characters = 0
        self._images: list[str] = []
        self._annotations: list[str] = []
        self._categories: dict[str, int] = {}

    def add(self, entry: Entry, body: ImageBody) -> None:
        """Add an image and its annotations; an image without a size, or a rejected one, is left out."""
        size = body["recognition"]["size"] if "recognition" in body else None
        if not size:
            self.left_out += 1
            return
        self.images += 1
        labels: list[Label] = []
        for detection in body["recognition"]["detections"]:
            region = _region(detection, size["width"], size["height"])
            if region:
                self._annotate(detection, region)
            else:
                labels.append({"label": detection["label"], "score": detection["confidence"]})
        self._images.append(self._json(_image(self.images, entry, size, labels)))

    def text(self) -> str:
        """Return the whole document."""
        categories = [{"id": number, "name": name, "supercategory": ""} for name, number in self._categories.items()]
        parts = {
            "info": json.dumps({"description": "Detections of Sightline's models, each with its score."}),
            "licenses": "[]",
            "categories": json.dumps(categories, ensure_ascii=False),
            "images": _json_list(self._images),
            "annotations": _json_list(self._annotations),
        }
        return "{" + ",\n".join(f'"{name}": {part}' for name, part in parts.items()) + "}\n"

    def _annotate(self, detection: DetectionBody, region: Region) -> None:
        category = self._categories.setdefault(detection["label"], len(self._categories) + 1)
        ids = {"id": len(self._annotations) + 1, "image_id": self.images, "category_id": category}
        self._annotations.append(self._json({**ids, "score": detection["confidence"], **region}))

    def _json(self, value: Mapping[str, object]) -> str:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self.characters += len(text)
        return text


def _image(number: int, entry: Entry, size: Mapping[str, int], labels: list[Label]) -> dict[str, object]:
    """Return the image; its file name is the end of its key, which no two images share."""
    optional = {"labels": labels, "corrections": list(map(dict, entry.corrections))}
    return {
        "id": number,
        "file_name": f"{entry.image.image_id}/{entry.image.name}",
        **size,
        "date_captured": entry.image.received_at,
    } | {name: values for name, values in optional.items() if values}


def _region(detection: DetectionBody, width: int, height: int) -> Region | None:
    lines = detection.get("outline") or (mask_lines(detection["mask"]) if "mask" in detection else ())
    found = pieces([(x * width, y * height) for x, y in line] for line in lines)
    bbox = _bbox(detection["box"], width, height) if "box" in detection else bounds(piece.line for piece in found)
    if bbox is None:
        return None
    polygons = [with_slits(piece) for piece in found] or [_corners(bbox)]
    flat = [[round(coordinate, 2) for point in polygon for coordinate in point] for polygon in polygons]
    return {"bbox": bbox, "area": round(sum(map(area, polygons)), 2), "segmentation": flat, "iscrowd": 0}


def _corners(bbox: list[float]) -> list[Point]:
    left, top, width, height = bbox
    right, bottom = left + width, top + height
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _bbox(box: Mapping[str, float], width: int, height: int) -> list[float]:
    sides = (box["left"] * width, box["top"] * height, box["width"] * width, box["height"] * height)
    return [round(side, 2) for side in sides]


def _json_list(texts: list[str]) -> str:
    return "[\n" + ",\n".join(texts) + "\n]"
