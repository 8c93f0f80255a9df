"""New entries: the outcomes of a batch's requests, from their options or from the detectors."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from domain.clock import now, rfc3339
from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome, Rejection
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.result_cache import ResultCache

OptionsByImage = Mapping[Image, Options | Rejection]
"""The options of images, or the rejection of images with invalid options."""


class DetectorAccess(NamedTuple):
    """Functions that read the options of requests and ask the detectors, and the name of the default detector."""

    read_options: Callable[[Sequence[RecognitionRequest]], OptionsByImage]
    default: str
    ask: Callable[[Mapping[Image, Options]], Mapping[Image, Outcome]]


def new_entries(
    requests: Sequence[RecognitionRequest], options: OptionsByImage, detectors: DetectorAccess, cache: ResultCache
) -> dict[RecognitionRequest, Entry]:
    """Ask the detectors; return the entries of the requests that have an outcome, invalid options included."""
    by_image = {request.image: request for request in requests}
    valid = {image: read for image in by_image if isinstance(read := options[image], Options)}
    outcomes: dict[Image, Outcome] = {
        image: rejection for image in by_image if isinstance(rejection := options[image], Rejection)
    }
    outcomes |= detectors.ask(valid)
    at = rfc3339(now())
    return {
        (request := by_image[image]): Entry(
            image,
            outcome,
            at,
            valid.get(image, Options()),
            tries=request.tries,
            request=request.request,
            reused_from=cache.source(image, outcome),
        )
        for image, outcome in outcomes.items()
    }
