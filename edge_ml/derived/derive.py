"""Make derived pictures, upright JPEGs: for Rekognition, as a thumbnail, or annotated with detections."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from edge_ml.derived.annotation import Annotation
from edge_ml.image_error import ImageError
from edge_ml.pictures.size import Size
from edge_ml.pictures.upright import upright
from edge_ml.storage.objects import check_exists, read, remove, write

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

    from edge_ml.protocol import DerivedPicture, DeriveRequest, Detection


_IMAGE_UNKNOWN = ("no_such_object", "storage_error", "access_denied")
"""Codes of errors after which the image may not exist."""


class JPEG(NamedTuple):
    """A JPEG file, and the (width, height) of its picture."""

    data: bytes
    size: Size


def store_derived(client: "S3Client", request: "DeriveRequest") -> "DerivedPicture":
    """Make the requested picture, store it in the requested object, and return its size; raises ImageError.

    No picture stays without its image.
    """
    try:
        jpeg = derive(request["kind"], read(client, request), request.get("detections") or ())
        write(client, request["into"], jpeg.data)
        # Race: the image may be erased between the read and the write. An erasure deletes the image first, and then
        # lists the derived pictures: either it finds this one, or this look, which comes after the write, finds no
        # image. A worker that dies before this look leaves the picture; the next request for it removes it.
        check_exists(client, request)
    except ImageError as error:
        if error.code in _IMAGE_UNKNOWN:
            remove(client, request["into"])
        raise
    width, height = jpeg.size
    return {"size": {"width": width, "height": height}, "bytes": len(jpeg.data)}


def derive(kind: str, data: bytes, detections: "Sequence[Detection]" = ()) -> JPEG:
    """Return the derived picture of that kind, made of an image file; raises ImageError."""
    if kind not in _KINDS:
        raise ImageError("unknown_kind", f"There is no derived picture {kind!r}; there are {', '.join(_KINDS)}.")
    return _KINDS[kind](data, detections)


def for_rekognition(data: bytes, detections: "Sequence[Detection]" = ()) -> JPEG:
    """Return a JPEG within Rekognition's limits: sides of 80 to 10,000 pixels, 15 MB.

    No side is over 4,096 pixels: Rekognition detects no more in larger pictures.
    """
    return _encode(upright(data, max_side=4096, min_side=80), max_bytes=5_000_000, qualities=(90, 75, 50))


def thumbnail(data: bytes, detections: "Sequence[Detection]" = ()) -> JPEG:
    """Return the picture within 320 × 320 pixels."""
    return _encode(upright(data, max_side=320), max_bytes=30_000, qualities=(85, 75, 60, 40))


def annotated(data: bytes, detections: "Sequence[Detection]" = ()) -> JPEG:
    """Return the picture with the detections drawn on it; small pictures are enlarged to make room for the labels."""
    picture = upright(data, max_side=1600, min_side=24, grow_to=640)
    Annotation(picture).draw(detections)
    return _encode(picture, max_bytes=1_000_000, qualities=(90, 80, 65))


_KINDS: "dict[str, Callable[[bytes, Sequence[Detection]], JPEG]]" = {
    "rekognition": for_rekognition,
    "thumbnail": thumbnail,
    "annotated": annotated,
}


def _encode(picture: Image.Image, *, max_bytes: int, qualities: Sequence[int]) -> JPEG:
    """Return the picture at the first quality that keeps within `max_bytes`, or else at the lowest."""
    for quality in qualities:
        file = BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= max_bytes:
            break
    return JPEG(file.getvalue(), picture.size)
