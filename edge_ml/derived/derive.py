"""Pictures made of a picture: what Rekognition can take, a thumbnail, what was seen drawn on it; as upright JPEG."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from PIL import Image

from edge_ml.derived.annotation import Drawing
from edge_ml.image_error import ImageError
from edge_ml.objects import read, write
from edge_ml.pictures.letterbox import Size
from edge_ml.pictures.upright import upright

Detections = Sequence[Mapping[str, Any]]


class Jpeg(NamedTuple):
    """The file, and the (width, height) of its picture."""

    data: bytes
    size: Size


def derived(client: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Make one picture of the object asked about and keep it where asked; answers its size, or raises ImageError."""
    made = derive(asked["kind"], read(client, asked), asked.get("detections") or ())
    write(client, asked["into"], made.data)
    width, height = made.size
    return {"size": {"width": width, "height": height}, "bytes": len(made.data)}


def derive(kind: str, data: bytes, detections: Detections = ()) -> Jpeg:
    """The picture of that kind made of an image file's bytes; raises ImageError."""
    if kind not in _KINDS:
        raise ImageError("unknown_kind", f"No picture of the kind {kind!r} is made; there are {', '.join(_KINDS)}.")
    return _KINDS[kind](data, detections)


def for_rekognition(data: bytes, detections: Detections = ()) -> Jpeg:
    """What Rekognition reads: JPEG, 80 to 10,000 pixels a side, 15 MB; larger ones than this tell it no more."""
    return _jpeg(upright(data, longest=4096, shortest=80), most_bytes=5_000_000, qualities=(90, 75, 50))


def thumbnail(data: bytes, detections: Detections = ()) -> Jpeg:
    """The picture within 320 × 320 pixels."""
    return _jpeg(upright(data, longest=320), most_bytes=30_000, qualities=(85, 75, 60, 40))


def annotated(data: bytes, detections: Detections = ()) -> Jpeg:
    """The picture with what was seen drawn on it; small ones grow, so that letters fit on."""
    picture = upright(data, longest=1600, shortest=24, grown_to=640)
    Drawing(picture).annotate(detections)
    return _jpeg(picture, most_bytes=1_000_000, qualities=(90, 80, 65))


_KINDS: dict[str, Callable[[bytes, Detections], Jpeg]] = {
    "rekognition": for_rekognition,
    "thumbnail": thumbnail,
    "annotated": annotated,
}


def _jpeg(picture: Image.Image, *, most_bytes: int, qualities: Sequence[int]) -> Jpeg:
    """At the first quality that keeps within so many bytes, or else at the last."""
    for quality in qualities:
        file = BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= most_bytes:
            break
    return Jpeg(file.getvalue(), picture.size)
