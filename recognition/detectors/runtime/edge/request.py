"""The edge function asked while a caller waits: it answers within API Gateway's 30 s, or a problem does."""

from collections.abc import Callable

from recognition.detectors.runtime.detector import DetectorError
from recognition.detectors.runtime.edge.detector import EdgeDetector
from wire.http.api import ApiError, Request, Response

_PATIENCE = 25


def prompt_edge(function: str) -> EdgeDetector:
    """The edge function, waited for no longer than a caller may be kept waiting."""
    return EdgeDetector.within(_PATIENCE, function)


def promptly(route: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The same route; where the edge function does not answer, the caller is told to come again."""

    def answer(request: Request) -> Response:
        try:
            return route(request)
        except DetectorError as error:
            said = "The edge function did not answer; try again."
            raise ApiError(503, "models_unavailable", said, retryable=True) from error

    return answer
