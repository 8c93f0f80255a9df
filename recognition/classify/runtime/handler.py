"""Handler of POST /classify: recognizes a picture with the edge model and stores nothing."""

import os
from typing import Any

from domain.recognition import Rejection
from recognition.detectors.runtime.edge.request import edge_for_requests, edge_or_problem
from recognition.images.runtime.query_options import query_options
from wire.http.api import ApiError, Request, Response, json_response, only_query, respond
from wire.http.body import image_body_type, media_type
from wire.http.form import read_picture

_OPTIONS = ("model", "top_k", "min_confidence")
_STATUS = {
    "unknown_model": 400,
    "too_large": 413,
    "not_an_image": 415,
    "unsupported_format": 415,
    "unusable_model": 500,
    "model_failed": 500,
}
"""HTTP statuses of the edge function's rejections; all others mean an unreadable picture: 422."""

edge = edge_for_requests(os.environ["EDGE_FUNCTION"])


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def classify(request: Request) -> Response:
    """POST /classify: recognize a picture with the edge model while you wait; nothing is stored."""
    only_query(request, *_OPTIONS)
    picture = read_picture(request, *_OPTIONS)
    options = query_options(request, *_OPTIONS, form=picture.fields)
    image_body_type(picture.body, media_type(request))
    outcome = edge.detect_bytes(picture.body, options.model, request["requestContext"]["requestId"])
    if isinstance(outcome, Rejection):
        raise ApiError(_STATUS.get(outcome.code, 422), outcome.code, outcome.detail)
    return json_response(200, outcome.to_dict(top_k=options.top_k, min_confidence=options.min_confidence))


ROUTES = {"POST /classify": edge_or_problem(classify)}
