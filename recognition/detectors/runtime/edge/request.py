"""Calls of the edge function while an HTTP caller waits: a result within API Gateway's 30 s, or a problem."""

from collections.abc import Callable

from recognition.detectors.runtime.detector import DetectorError
from recognition.detectors.runtime.edge.detector import EdgeDetector
from wire.http.api import ApiError, Request, Response

_SECONDS = 25


def edge_for_requests(function: str) -> EdgeDetector:
    """Return the edge detector with a timeout that is shorter than API Gateway's."""
    return EdgeDetector.within(_SECONDS, function)


def edge_or_problem(route: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Return the route with a retryable problem 503 `models_unavailable` in place of a DetectorError."""

    def wrapped(request: Request) -> Response:
        try:
            return route(request)
        except DetectorError as error:
            detail = "The edge function did not respond; try again."
            raise ApiError(503, "models_unavailable", detail, retryable=True) from error

    return wrapped
