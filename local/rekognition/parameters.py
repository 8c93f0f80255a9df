"""The parameters of DetectLabels and DetectModerationLabels, checked as far as the stand-in uses them.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from local.rekognition.protocol import RekognitionError


class Selection(NamedTuple):
    """The labels that a call asks for: at most `max_labels`, of at least `min_confidence` percent."""

    min_confidence: float
    max_labels: int


def invalid(message: str) -> RekognitionError:
    """Return the error of a call with invalid parameters."""
    return RekognitionError("InvalidParameterException", f"Request has invalid parameters: {message}")


def selection(request: Mapping[str, Any]) -> Selection:
    """Read MinConfidence (55 by default) and MaxLabels (1,000 by default); raises RekognitionError."""
    if request.get("Settings") or request.get("Features", ["GENERAL_LABELS"]) != ["GENERAL_LABELS"]:
        raise invalid("this stand-in knows no Settings, and of the Features GENERAL_LABELS only.")
    return Selection(_min_confidence(request), _max_labels(request))


def _min_confidence(request: Mapping[str, Any]) -> float:
    given = request.get("MinConfidence", 55)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 100:
        raise invalid(f"MinConfidence is a number from 0 to 100, not {given!r}.")
    return given


def _max_labels(request: Mapping[str, Any]) -> int:
    given = request.get("MaxLabels", 1000)
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise invalid(f"MaxLabels is a whole number from 0, not {given!r}.")
    return given
