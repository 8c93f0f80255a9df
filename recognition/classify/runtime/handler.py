"""Answers POST /classify: what the edge model sees on a picture sent along. Nothing of it is stored."""

import os
from typing import Any

from domain.recognition import Rejection
from recognition.detectors.runtime.edge.request import prompt_edge, promptly
from recognition.images.runtime.query_options import query_options
from wire.http.api import ApiError, Request, Response, json_response, only_query, raw_body, respond
from wire.http.body import image_body_type

_OPTIONS = ("model", "top_k", "min_confidence")
_STATUS = {
    "unknown_model": 400,
    "too_large": 413,
    "not_an_image": 415,
    "unsupported_format": 415,
    "unusable_model": 500,
    "model_failed": 500,
}
"""Of the edge function's refusals; every other is of a picture that begins well and cannot be read: 422."""

edge = prompt_edge(os.environ["EDGE_FUNCTION"])


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def classify(request: Request) -> Response:
    """POST /classify: what the edge model sees on a picture, at once."""
    only_query(request, *_OPTIONS)
    asked = query_options(request, *_OPTIONS)
    body = raw_body(request)
    image_body_type(body)
    said = edge.look(body, asked.model, request["requestContext"]["requestId"])
    if isinstance(said, Rejection):
        raise ApiError(_STATUS.get(said.code, 422), said.code, said.detail)
    return json_response(200, said.to_dict(top_k=asked.top_k, min_confidence=asked.min_confidence))


ROUTES = {"POST /classify": promptly(classify)}
