"""Answers the read routes: the images, what was seen on them and pictures of that, the models."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from domain.entry import Entry
from domain.ids import is_id
from domain.image import ID_PREFIX, images_prefix
from domain.options import Options
from domain.recognition import Rejection
from recognition.runtime.pictures import PictureError, Pictures, drawn
from recognition.runtime.promptly import prompt_edge, promptly
from recognition.runtime.query_options import query_options
from recognition.runtime.recognitions import Recognitions
from recognition.runtime.rekognition_detector import REKOGNITION
from wire.aws import client
from wire.http_api import ApiError, Reply, Request, only_query, owner, path, reply, respond
from wire.paging import Cursors, limit

IMAGES_BUCKET = os.environ["IMAGES_BUCKET"]
PUBLIC_URL = os.environ["PUBLIC_URL"]
DETECTORS = os.environ["DETECTORS"].split(",")
LINK_SECONDS = 3600

cursors = Cursors(os.environ["CURSOR_KEY_ARN"])
s3 = client("s3", signature_version="s3v4")
recognitions = Recognitions(client("dynamodb"), os.environ["RECOGNITIONS_TABLE"])
edge = prompt_edge(os.environ["EDGE_FUNCTION"])
pictures = Pictures(s3, edge, os.environ["DERIVED_BUCKET"])


def handler(event: Request, context: Any) -> Reply:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def list_images(request: Request) -> Reply:
    """GET /images: the owner's images that have an answer, newest first."""
    only_query(request, "limit", "cursor", "top_k", "min_confidence")
    asked = query_options(request, "top_k", "min_confidence")
    entries, last = recognitions.page(owner(request), limit(request), cursors.read(request))
    return cursors.page(request, [_shown(entry, asked, {}, shapes=False) for entry in entries], last)


def get_image(request: Request) -> Reply:
    """GET /images/{image_id}: its status, and the answer once there is one."""
    only_query(request, "top_k", "min_confidence")
    asked = query_options(request, "top_k", "min_confidence")
    whose, image_id = owner(request), _image_id(request)
    entry = recognitions.get(whose, image_id)
    return reply(200, _shown(entry, asked, _pictures(entry)) if entry else _queued(whose, image_id))


def get_annotated(request: Request) -> Reply:
    """GET /images/{image_id}/annotated: leads to the picture with what was seen drawn on it."""
    only_query(request, "top_k", "min_confidence")
    entry, asked = _recognized(request), query_options(request, "top_k", "min_confidence")
    return _picture(entry, "annotated", drawn(entry, asked))


def get_thumbnail(request: Request) -> Reply:
    """GET /images/{image_id}/thumbnail: leads to the picture within 320 pixels."""
    only_query(request)
    return _picture(_recognized(request), "thumbnail")


def list_models(request: Request) -> Reply:
    """GET /models: what can be asked for, the default detector's first."""
    only_query(request)
    named = [{"detector": name} | model for name in DETECTORS if name != "cascade" for model in _models(name)]
    return cursors.page(request, named, None, detectors=DETECTORS)


def _shown(entry: Entry, asked: Options, links: Mapping[str, str], *, shapes: bool = True) -> dict[str, Any]:
    shown = entry.to_dict(top_k=asked.top_k, min_confidence=asked.min_confidence, shapes=shapes)
    return shown | {"links": _links(entry.image.image_id) | dict(links)}


def _links(image_id: str) -> dict[str, str]:
    return {"self": f"{PUBLIC_URL}/images/{image_id}"}


def _pictures(entry: Entry) -> dict[str, str]:
    own = _links(entry.image.image_id)["self"]
    made = () if isinstance(entry.outcome, Rejection) else ("annotated", "thumbnail")
    return {"original": _presigned(entry.image.location)} | {kind: f"{own}/{kind}" for kind in made}


def _presigned(place: Mapping[str, str]) -> str:
    return str(s3.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_SECONDS))


def _picture(entry: Entry, kind: str, detections: Sequence[Mapping[str, Any]] = ()) -> Reply:
    try:
        return reply(302, {}, location=_presigned(pictures.of(entry.image, kind, detections)))
    except PictureError as error:
        raise ApiError(503 if error.retryable else 409, error.code, error.detail, retryable=error.retryable) from error


def _recognized(request: Request) -> Entry:
    """The entry of an image that has an answer; raises ApiError 404 or 409."""
    whose, image_id = owner(request), _image_id(request)
    entry = recognitions.get(whose, image_id)
    if entry is None:
        name = _queued(whose, image_id)["name"]
        raise ApiError(409, "not_recognized", f"{name} has no answer yet; try again.", retryable=True)
    if isinstance(entry.outcome, Rejection):
        raise ApiError(409, "not_recognized", f"{entry.image.name} was rejected: {entry.outcome.detail}")
    return entry


def _image_id(request: Request) -> str:
    image_id = path(request, "image_id")
    if not is_id(ID_PREFIX, image_id):
        raise _no_such_image()
    return image_id


def _queued(whose: str, image_id: str) -> Mapping[str, Any]:
    """An image without an entry is queued if its object is there: the object is the record."""
    stored = s3.list_objects_v2(Bucket=IMAGES_BUCKET, Prefix=images_prefix(whose, image_id), MaxKeys=1)
    if not stored["KeyCount"]:
        raise _no_such_image()
    name = stored["Contents"][0]["Key"].rsplit("/", 1)[-1]
    return {"image_id": image_id, "name": name, "status": "queued", "links": _links(image_id)}


def _no_such_image() -> ApiError:
    return ApiError(404, "no_such_image", "There is no such image; ids come from the answer to an upload.")


def _models(detector: str) -> list[dict[str, Any]]:
    return [REKOGNITION] if detector == "rekognition" else edge.models()


ROUTES = {
    "GET /images": list_images,
    "GET /images/{image_id}": get_image,
    "GET /images/{image_id}/annotated": promptly(get_annotated),
    "GET /images/{image_id}/thumbnail": promptly(get_thumbnail),
    "GET /models": promptly(list_models),
}
