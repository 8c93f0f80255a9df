"""Which version of a model the edge function would answer with, remembered for a minute."""

import time
from collections.abc import Callable

from domain.recognition import Model
from recognition.detectors.runtime.edge.detector import EdgeDetector

SECONDS = 60


class EdgeVersions:
    """Asked only where an answer is known that may be used again; `clock` counts seconds."""

    def __init__(self, edge: EdgeDetector, clock: Callable[[], float] = time.monotonic) -> None:
        self._edge, self._clock = edge, clock
        self._known: dict[str | None, tuple[float, Model | None]] = {}

    def __call__(self, asked: str | None) -> Model | None:
        """The model meant by a name, None where there is none that could answer; raises DetectorError."""
        at = self._clock()
        asked_at, model = self._known.get(asked, (at - SECONDS, None))
        if at - asked_at >= SECONDS:
            (model,) = self._edge.resolve(asked)
            self._known[asked] = at, model
        return model
