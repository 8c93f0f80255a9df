"""The schemas of images, results, models and statistics."""

from domain.detectors import DETECTORS, RECOGNIZERS
from domain.recognition import Box, Detection, Mask, Model, Recognition, Rejection
from openapi.parameters import IMAGE_ID
from openapi.route import Schema, ref
from openapi.schema import (
    COUNT,
    DAY,
    FRACTION,
    TEXT,
    TIME,
    array,
    constant,
    described,
    nullable,
    obj,
    one_of,
    record_schema,
)

_POLYGONS = array(array(array({"type": "number"}, minItems=2, maxItems=2)))
_AT = {"at": TIME}

_OUTCOME: dict[str, Schema] = {
    "request": described("The request to recognize the image again that led to this result.", TEXT),
    "reused_from": described("The image with the same bytes whose result was reused.", IMAGE_ID),
    "status": one_of("recognized", "rejected"),
    "recognized_at": TIME,
    "recognition": ref("Recognition"),
    "rejected_at": TIME,
    "rejection": ref("Rejection"),
}
_OPTIONAL = ("request", "reused_from", "recognized_at", "recognition", "rejected_at", "rejection")
_IMAGE: dict[str, Schema] = {"image_id": IMAGE_ID, "name": TEXT, "received_at": TIME, "bytes": COUNT}
_LISTED = _IMAGE | _OUTCOME | {"links": ref("Links")}
_HISTORY = {"earlier": array(ref("EarlierAnswer")), "corrections": array(ref("Correction"))}
_CALLS_SAVED = obj({"by_cascade": COUNT, "by_reuse": COUNT})
_DOLLARS = obj({name: {"type": "number", "minimum": 0} for name in ("spent", "saved")})
STATS: dict[str, Schema] = dict.fromkeys(
    ("uploads", "recognized", "rejected", "rekognition_calls", "reused"), COUNT
) | {
    "rekognition_calls_saved": _CALLS_SAVED,
    "dollars": _DOLLARS,
}
_MODEL: dict[str, Schema] = {
    "detector": one_of(*RECOGNIZERS),
    "name": TEXT,
    "version": TEXT,
    "digest": TEXT,
    "task": one_of("classify", "detect", "segment"),
    "labels": array(TEXT),
    "input_size": ref("Size"),
    "metrics": {"type": "object", "additionalProperties": True},
    "license": TEXT,
    "source": TEXT,
    "origin": one_of("built-in", "bucket"),
    "status": one_of("ready", "unusable", "untried"),
    "error": ref("Rejection"),
}

SCHEMAS: dict[str, Schema] = {
    "Box": record_schema(Box, left=FRACTION, top=FRACTION, width=FRACTION, height=FRACTION),
    "Mask": described(Mask.__doc__ or "", obj({"size": array(COUNT, minItems=2, maxItems=2), "counts": TEXT})),
    "Detection": record_schema(Detection, optional=["outline", "parents"], confidence=FRACTION, outline=_POLYGONS),
    "Model": record_schema(Model),
    "Recognition": record_schema(
        Recognition,
        detector=one_of(*RECOGNIZERS),
        asked=one_of(*DETECTORS),
        size=nullable(ref("Size")),
        duration_ms=COUNT,
    ),
    "Rejection": record_schema(Rejection),
    "Image": described("An image that has a result.", obj(_LISTED, _OPTIONAL)),
    "QueuedImage": described(
        "An image that has no result yet.",
        obj({"image_id": IMAGE_ID, "name": TEXT, "status": constant("queued"), "links": ref("Links")}),
    ),
    "ImageInFull": described(
        "An image that has a result, and its history.", obj(_LISTED | _HISTORY, (*_OPTIONAL, *_HISTORY))
    ),
    "EarlierAnswer": described("A result that a newer one has replaced.", obj(_OUTCOME, _OPTIONAL)),
    "Correction": described("Labels that a person has given to the image.", obj({"labels": array(TEXT)} | _AT)),
    "ModelBundle": described(
        "A model that images can ask for, or a bundle that cannot be used, with the reason.",
        obj(_MODEL, optional=[name for name in _MODEL if name not in ("detector", "name")]),
    ),
    "DailyStats": obj({"day": DAY} | STATS),
}

_MODEL_EXAMPLE = {"name": "animals", "version": "2.0.0", "digest": "2c4c94f9e261"}
RECOGNITION_EXAMPLE = {
    "detector": "edge",
    "asked": "edge",
    "model": _MODEL_EXAMPLE,
    "detections": [{"label": "cat", "confidence": 0.9945}],
    "duration_ms": 10,
    "size": {"width": 451, "height": 300},
}
