"""Handler of the routes that read: images, their pictures, models, and usage statistics."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from domain.clock import now
from domain.detectors import DETECTORS
from domain.options import Options
from domain.recognition import Rejection
from recognition.detectors.runtime.edge.derived_pictures import DerivedPictures, PictureError, drawn_detections
from recognition.detectors.runtime.edge.request import edge_for_requests, edge_or_problem
from recognition.images.runtime.filters import FILTERS, Filters
from recognition.images.runtime.lookup import QueuedImage, image_lookup
from recognition.images.runtime.presigned_link import presigned_link
from recognition.images.runtime.query_options import query_options
from recognition.images.runtime.read.stats import UsageStats, days_of, stats
from recognition.images.runtime.search import Search
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.history import History
from wire.aws.client import client
from wire.http.api import ApiError, Request, Response, json_response, only_query, owner, respond
from wire.http.paging import Cursors, limit

PUBLIC_URL = os.environ["PUBLIC_URL"]
AVAILABLE = os.environ["DETECTORS"].split(",")
"""The names of the deployment's detectors, the default first."""
_EARLIER_FIELDS = ("request", "reused_from", "status", "recognized_at", "recognition", "rejected_at", "rejection")

s3, dynamodb = client("s3", signature_version="s3v4"), client("dynamodb")
cursors = Cursors(os.environ["RECOGNITIONS_TABLE"])
search = Search.from_environment(os.environ, dynamodb)
lookup = image_lookup(os.environ, dynamodb, s3)
history = History(dynamodb, os.environ["ANSWERS_TABLE"])
usage = UsageStats(dynamodb, os.environ["USAGE_TABLE"])
edge = edge_for_requests(os.environ["EDGE_FUNCTION"])
pictures = DerivedPictures(s3, edge, os.environ["DERIVED_BUCKET"])


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def list_images(request: Request) -> Response:
    """GET /images: list those of your images that have a result and match the filters, newest first."""
    only_query(request, *FILTERS, "limit", "cursor", "top_k")
    options, filters = query_options(request, "top_k", "min_confidence"), Filters.from_request(request)
    entries, last = search.page(owner(request), filters, limit(request), cursors.read(request))
    return cursors.page(request, [_body(entry, options, {}, shapes=False) for entry in entries], last)


def get_image(request: Request) -> Response:
    """GET /images/{image_id}: return an image with its status, its result, earlier results and corrections."""
    only_query(request, "top_k", "min_confidence")
    options = query_options(request, "top_k", "min_confidence")
    found = lookup.find(request)
    if isinstance(found, QueuedImage):
        queued = {"image_id": found.image_id, "name": found.name, "status": "queued"}
        return json_response(200, queued | {"links": _links(found.image_id)})
    return json_response(200, _body(found, options, _picture_links(found)) | _earlier_and_corrections(found, options))


def get_annotated(request: Request) -> Response:
    """GET /images/{image_id}/annotated: redirect to the picture with its detections drawn on it."""
    only_query(request, "top_k", "min_confidence")
    entry, options = lookup.recognized(request), query_options(request, "top_k", "min_confidence")
    return _redirect(entry, "annotated", drawn_detections(entry, options))


def get_thumbnail(request: Request) -> Response:
    """GET /images/{image_id}/thumbnail: redirect to the picture, reduced to at most 320 pixels a side."""
    only_query(request)
    return _redirect(lookup.recognized(request), "thumbnail")


def list_models(request: Request) -> Response:
    """GET /models: list the models that an upload can ask for, those of the default detector first."""
    only_query(request)
    models = [{"detector": name} | model for name in AVAILABLE if not DETECTORS[name].parts for model in _models(name)]
    return cursors.page(request, models, None, detectors=AVAILABLE)


def get_stats(request: Request) -> Response:
    """GET /images/stats: return your usage by day: images, calls paid and saved, and US dollars."""
    only_query(request, "since", "until")
    days = days_of(request, now().date())
    by_day = usage.by_day(owner(request), days)
    items = [{"day": day, **stats(counted)} for day, counted in by_day.items()]
    total = stats(sum(by_day.values(), Counter()))
    since, until = days.since.isoformat(), days.until.isoformat()
    return json_response(200, {"since": since, "until": until, "total": total, "items": items})


def _body(entry: Entry, options: Options, links: Mapping[str, str], *, shapes: bool = True) -> dict[str, Any]:
    body = entry.to_dict(top_k=options.top_k, min_confidence=options.min_confidence, shapes=shapes)
    return body | {"links": _links(entry.image.image_id) | dict(links)}


def _earlier_and_corrections(entry: Entry, options: Options) -> dict[str, object]:
    """Return the fields that only a single image has: earlier results without shapes, and corrections, if any."""
    earlier = [
        {name: value for name, value in _body(old, options, {}, shapes=False).items() if name in _EARLIER_FIELDS}
        for old in history.newest(entry)
    ]
    fields = {"earlier": earlier, "corrections": list(map(dict, entry.corrections))}
    return {name: values for name, values in fields.items() if values}


def _links(image_id: str) -> dict[str, str]:
    return {"self": f"{PUBLIC_URL}/images/{image_id}"}


def _picture_links(entry: Entry) -> dict[str, str]:
    image = _links(entry.image.image_id)["self"]
    kinds = () if isinstance(entry.outcome, Rejection) else ("annotated", "thumbnail")
    return {"original": presigned_link(s3, entry.image.location)} | {kind: f"{image}/{kind}" for kind in kinds}


def _redirect(entry: Entry, kind: str, detections: Sequence[dict[str, Any]] = ()) -> Response:
    try:
        link = presigned_link(s3, pictures.location(entry.image, kind, detections))
    except PictureError as error:
        raise ApiError(503 if error.retryable else 409, error.code, error.detail, retryable=error.retryable) from error
    return json_response(302, {}, location=link)


def _models(detector: str) -> list[dict[str, Any]]:
    api = DETECTORS[detector].rekognition
    return [{"name": api.model, "task": api.task, "license": "Amazon Rekognition"}] if api else edge.models()


ROUTES = {
    "GET /images": list_images,
    "GET /images/stats": get_stats,
    "GET /images/{image_id}": get_image,
    "GET /images/{image_id}/annotated": edge_or_problem(get_annotated),
    "GET /images/{image_id}/thumbnail": edge_or_problem(get_thumbnail),
    "GET /models": edge_or_problem(list_models),
}
