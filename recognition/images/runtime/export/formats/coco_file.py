"""An export in COCO's format (https://cocodataset.org/#format-data): boxes, polygons and masks in pixels.

Only what is somewhere can be an annotation; what was seen of a picture as a whole stands with the image, as `labels`.
"""

import json
from typing import Any

from recognition.images.runtime.export.formats.export_file import Shown
from recognition.images.runtime.export.formats.polygons import area, bounds, outer
from recognition.images.runtime.export.formats.run_lengths import scaled
from recognition.results.runtime.entry import Entry

Place = dict[str, Any]
"""What an annotation says of where: `bbox`, `area`, `segmentation`, `iscrowd`."""


class CocoFile:
    """See `ExportFile`. Ids are numbers within the file; names tell what they stand for."""

    suffix, content_type = "json", "application/json"

    def __init__(self) -> None:
        self.images = self.left_out = self.characters = 0
        self._images: list[str] = []
        self._annotations: list[str] = []
        self._categories: dict[str, int] = {}

    def add(self, entry: Entry, shown: Shown) -> None:
        """An image and its annotations; one whose size nobody knows is left out, as is a rejected one."""
        size = shown["recognition"]["size"] if "recognition" in shown else None
        if not size:
            self.left_out += 1
            return
        self.images += 1
        labels = []
        for seen in shown["recognition"]["detections"]:
            place = _place(seen, size["width"], size["height"])
            if place:
                self._annotate(seen, place)
            else:
                labels.append({"label": seen["label"], "score": seen["confidence"]})
        self._images.append(self._written(_image(self.images, entry, size, labels)))

    def text(self) -> str:
        """The whole document."""
        categories = [{"id": number, "name": name, "supercategory": ""} for name, number in self._categories.items()]
        parts = {
            "info": json.dumps({"description": "What Sightline saw: a model's answers, each with its score."}),
            "licenses": "[]",
            "categories": json.dumps(categories, ensure_ascii=False),
            "images": _listed(self._images),
            "annotations": _listed(self._annotations),
        }
        return "{" + ",\n".join(f'"{name}": {said}' for name, said in parts.items()) + "}\n"

    def _annotate(self, seen: Shown, place: Place) -> None:
        category = self._categories.setdefault(seen["label"], len(self._categories) + 1)
        numbers = {"id": len(self._annotations) + 1, "image_id": self.images, "category_id": category}
        said = numbers | {"score": seen["confidence"]}
        self._annotations.append(self._written(said | place))

    def _written(self, said: dict[str, Any]) -> str:
        written = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        self.characters += len(written)
        return written


def _image(number: int, entry: Entry, size: dict[str, int], labels: list[dict[str, Any]]) -> dict[str, Any]:
    """The file's name is what its key ends in, which no two images share."""
    seen = {"labels": labels, "corrections": [dict(each) for each in entry.corrections]}
    return {
        "id": number,
        "file_name": f"{entry.image.image_id}/{entry.image.name}",
        **size,
        "date_captured": entry.image.received_at,
    } | {name: said for name, said in seen.items() if said}


def _place(seen: Shown, width: int, height: int) -> Place | None:
    polygons = [[(x * width, y * height) for x, y in each] for each in outer(seen.get("outline", ()))]
    bbox = _bbox(seen["box"], width, height) if "box" in seen else bounds(polygons)
    if bbox is None:
        return None
    if "mask" in seen:
        mask, inside = scaled(seen["mask"], width, height)
        return {"bbox": bbox, "area": inside, "segmentation": mask, "iscrowd": 0}
    flat = [[round(side, 2) for point in each for side in point] for each in polygons]
    covered = round(sum(map(area, polygons)), 2) if polygons else round(bbox[2] * bbox[3], 2)
    return {"bbox": bbox, "area": covered, "segmentation": flat, "iscrowd": 0}


def _bbox(box: dict[str, float], width: int, height: int) -> list[float]:
    sides = (box["left"] * width, box["top"] * height, box["width"] * width, box["height"] * height)
    return [round(side, 2) for side in sides]


def _listed(written: list[str]) -> str:
    return "[\n" + ",\n".join(written) + "\n]"
