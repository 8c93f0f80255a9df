"""The model version that the edge function would use, remembered for a minute."""

import time
from collections.abc import Callable
from typing import NamedTuple

from domain.recognition import Model
from recognition.detectors.runtime.edge.detector import EdgeDetector

SECONDS = 60


class _Resolved(NamedTuple):
    at: float
    model: Model | None


class EdgeVersions:
    """Resolves model names; called only for images with a cached result. `clock` returns seconds."""

    def __init__(self, edge: EdgeDetector, clock: Callable[[], float] = time.monotonic) -> None:
        self._edge, self._clock = edge, clock
        self._resolved: dict[str | None, _Resolved] = {}

    def __call__(self, name: str | None) -> Model | None:
        """Return the model that a name stands for, None if no model could be used; raises DetectorError."""
        now = self._clock()
        known = self._resolved.get(name)
        if known is None or now - known.at >= SECONDS:
            (model,) = self._edge.resolve(name)
            known = self._resolved[name] = _Resolved(now, model)
        return known.model
