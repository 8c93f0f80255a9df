"""The detections of a recognition, column by column: labels as text, confidences and boxes as numbers of two bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.recognition import Box, Detection, Mask, Polygon
from recognition.results.runtime.encoding.packing import Reader, all_steps, pack_numbers

Fields = dict[str, Any]
"""Texts and numbers by short names, as JSON; only what differs from its default."""

_SIDES = 4


def pack_detections(detections: Sequence[Detection], *, shapes: bool) -> tuple[Fields, bytes]:
    """Return the detections as fields and bytes, the best first, rounded as `Detection.to_dict` rounds them.

    Outlines and masks are left out unless `shapes` is true.
    """
    best = sorted((seen for seen in detections if not seen.confidence < 0), key=lambda seen: -seen.confidence)
    fields: Fields = {"l": [detection.label for detection in best]}
    packed = _pack_confidences(best, fields) + _pack_boxes(best, fields)
    if any(detection.parents for detection in best):
        fields["parents"] = [list(detection.parents) for detection in best]
    if shapes:
        fields |= _shapes(best)
    return fields, packed


def unpack_detections(fields: Mapping[str, Any], packed: Reader) -> tuple[Detection, ...]:
    """Read what `pack_detections` returned."""
    labels = fields["l"]
    confidences = fields["c"] if "c" in fields else packed.fractions(len(labels))
    boxes = _unpack_boxes(fields, packed, len(labels))
    parents = fields.get("parents", ())
    outlines, masks = fields.get("outlines", {}), fields.get("masks", {})
    return tuple(
        Detection(
            label,
            float(confidence),
            box,
            outline=tuple(map(_polygon, outlines.get(str(n), ()))),
            mask=Mask(*masks[str(n)]) if str(n) in masks else None,
            parents=tuple(parents[n]) if parents else (),
        )
        for n, (label, confidence, box) in enumerate(zip(labels, confidences, boxes, strict=True))
    )


def _pack_confidences(detections: Sequence[Detection], fields: Fields) -> bytes:
    confidences = [round(detection.confidence, 4) for detection in detections]
    numbers = all_steps(confidences)
    if numbers is None:
        fields["c"] = confidences
        return b""
    return pack_numbers(numbers)


def _pack_boxes(detections: Sequence[Detection], fields: Fields) -> bytes:
    """Return a bit for each detection, set where its box is packed, and these boxes; none of it where no box is."""
    packed, flags = b"", 0
    for n, box in enumerate(detection.box for detection in detections):
        if box:
            sides = [round(side, 4) for side in box]
            numbers = all_steps(sides)
            if numbers is None:
                fields.setdefault("boxes", {})[str(n)] = sides
            else:
                flags |= 1 << n
                packed += pack_numbers(numbers)
    if not flags:
        return b""
    fields["s"] = 1
    return flags.to_bytes(_flag_bytes(len(detections)), "big") + packed


def _unpack_boxes(fields: Mapping[str, Any], packed: Reader, count: int) -> list[Box | None]:
    flags = packed.number(_flag_bytes(count)) if "s" in fields else 0
    exact = fields.get("boxes", {})
    boxes: list[Box | None] = []
    for n in range(count):
        sides = packed.fractions(_SIDES) if flags >> n & 1 else exact.get(str(n))
        boxes.append(Box(*sides) if sides else None)
    return boxes


def _flag_bytes(count: int) -> int:
    return (count + 7) // 8


def _shapes(detections: Sequence[Detection]) -> Fields:
    outlines = {str(n): detection.outline for n, detection in enumerate(detections) if detection.outline}
    masks = {str(n): list(detection.mask) for n, detection in enumerate(detections) if detection.mask}
    return {name: shapes for name, shapes in (("outlines", outlines), ("masks", masks)) if shapes}


def _polygon(points: Sequence[Sequence[float]]) -> Polygon:
    return tuple((float(x), float(y)) for x, y in points)
