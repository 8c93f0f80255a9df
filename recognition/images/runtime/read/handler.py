"""Answers the read routes: the images, what was seen on them and pictures of that, the models, the owner's days."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from domain.clock import now
from domain.options import Options
from domain.recognition import Rejection
from recognition.detectors.runtime.edge.derived_pictures import PictureError, Pictures, drawn
from recognition.detectors.runtime.edge.request import prompt_edge, promptly
from recognition.detectors.runtime.rekognition import REKOGNITION
from recognition.images.runtime.filters import FILTERS, Filters
from recognition.images.runtime.lookup import NamedImages, Queued
from recognition.images.runtime.query_options import query_options
from recognition.images.runtime.read.stats import UsageDays, came_to, days
from recognition.images.runtime.search import Search
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.history import History
from recognition.results.runtime.recognitions import Recognitions
from wire.aws.client import client
from wire.http.api import ApiError, Request, Response, json_response, only_query, owner, respond
from wire.http.paging import Cursors, limit

PUBLIC_URL = os.environ["PUBLIC_URL"]
DETECTORS = os.environ["DETECTORS"].split(",")
LINK_SECONDS = 3600

s3, dynamodb = client("s3", signature_version="s3v4"), client("dynamodb")
cursors = Cursors(os.environ["CURSOR_KEY_ARN"])
search = Search(dynamodb, os.environ["RECOGNITIONS_TABLE"], os.environ["IMAGE_INDEX_TABLE"])
named = NamedImages(Recognitions(dynamodb, os.environ["RECOGNITIONS_TABLE"]), s3, os.environ["IMAGES_BUCKET"])
history = History(dynamodb, os.environ["ANSWERS_TABLE"])
usage = UsageDays(dynamodb, os.environ["USAGE_TABLE"])
edge = prompt_edge(os.environ["EDGE_FUNCTION"])
pictures = Pictures(s3, edge, os.environ["DERIVED_BUCKET"])


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def list_images(request: Request) -> Response:
    """GET /images: those of the owner's images that have an answer and that the filters fit, newest first."""
    only_query(request, *FILTERS, "limit", "cursor", "top_k")
    asked, filters = query_options(request, "top_k", "min_confidence"), Filters.from_request(request)
    entries, last = search.page(owner(request), filters, limit(request), cursors.read(request))
    return cursors.page(request, [_shown(entry, asked, {}, shapes=False) for entry in entries], last)


def get_image(request: Request) -> Response:
    """GET /images/{image_id}: its status, the answer once there is one, those before it, and what people said."""
    only_query(request, "top_k", "min_confidence")
    asked = query_options(request, "top_k", "min_confidence")
    found = named.find(request)
    if isinstance(found, Queued):
        queued = {"image_id": found.image_id, "name": found.name, "status": "queued"}
        return json_response(200, queued | {"links": _links(found.image_id)})
    return json_response(200, _shown(found, asked, _pictures(found)) | _besides(found, asked))


def get_annotated(request: Request) -> Response:
    """GET /images/{image_id}/annotated: leads to the picture with what was seen drawn on it."""
    only_query(request, "top_k", "min_confidence")
    entry, asked = named.recognized(request), query_options(request, "top_k", "min_confidence")
    return _picture(entry, "annotated", drawn(entry, asked))


def get_thumbnail(request: Request) -> Response:
    """GET /images/{image_id}/thumbnail: leads to the picture within 320 pixels."""
    only_query(request)
    return _picture(named.recognized(request), "thumbnail")


def list_models(request: Request) -> Response:
    """GET /models: what can be asked for, the default detector's first."""
    only_query(request)
    models = [{"detector": name} | model for name in DETECTORS if name != "cascade" for model in _models(name)]
    return cursors.page(request, models, None, detectors=DETECTORS)


def get_stats(request: Request) -> Response:
    """GET /images/stats: what the owner's days came to, in images, in calls paid and saved, and in dollars."""
    only_query(request, "since", "until")
    since, until = days(request, now().date())
    counted = usage.between(owner(request), since, until)
    items = [{"day": day} | came_to(counts) for day, counts in counted.items()]
    total = came_to(sum(counted.values(), Counter()))
    return json_response(200, {"since": since.isoformat(), "until": until.isoformat(), "total": total, "items": items})


def _shown(entry: Entry, asked: Options, links: Mapping[str, str], *, shapes: bool = True) -> dict[str, Any]:
    shown = entry.to_dict(top_k=asked.top_k, min_confidence=asked.min_confidence, shapes=shapes)
    return shown | {"links": _links(entry.image.image_id) | dict(links)}


def _besides(entry: Entry, asked: Options) -> dict[str, Any]:
    """What only the image itself shows: the answers before, without shapes, and corrections, where there are any."""
    told = ("request", "reused_from", "status", "recognized_at", "recognition", "rejected_at", "rejection")
    earlier = [
        {name: said for name, said in _shown(each, asked, {}, shapes=False).items() if name in told}
        for each in history.newest(entry)
    ]
    corrections = [dict(each) for each in entry.corrections]
    return {name: said for name, said in (("earlier", earlier), ("corrections", corrections)) if said}


def _links(image_id: str) -> dict[str, str]:
    return {"self": f"{PUBLIC_URL}/images/{image_id}"}


def _pictures(entry: Entry) -> dict[str, str]:
    own = _links(entry.image.image_id)["self"]
    made = () if isinstance(entry.outcome, Rejection) else ("annotated", "thumbnail")
    return {"original": _presigned(entry.image.location)} | {kind: f"{own}/{kind}" for kind in made}


def _presigned(place: Mapping[str, str]) -> str:
    return str(s3.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_SECONDS))


def _picture(entry: Entry, kind: str, detections: Sequence[Mapping[str, Any]] = ()) -> Response:
    try:
        return json_response(302, {}, location=_presigned(pictures.of(entry.image, kind, detections)))
    except PictureError as error:
        raise ApiError(503 if error.retryable else 409, error.code, error.detail, retryable=error.retryable) from error


def _models(detector: str) -> list[dict[str, Any]]:
    return [REKOGNITION] if detector == "rekognition" else edge.models()


ROUTES = {
    "GET /images": list_images,
    "GET /images/stats": get_stats,
    "GET /images/{image_id}": get_image,
    "GET /images/{image_id}/annotated": promptly(get_annotated),
    "GET /images/{image_id}/thumbnail": promptly(get_thumbnail),
    "GET /models": promptly(list_models),
}
