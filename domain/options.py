"""The Options that a caller may send with an image; the S3 object's metadata carries them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from domain.detectors import DETECTORS

MOST_DETECTIONS = 100
_MODEL = re.compile(r"[A-Za-z0-9][\w.-]{0,63}(@[A-Za-z0-9][\w.+-]{0,31})?", re.ASCII)


class OptionsError(ValueError):
    """An option is unknown or has an invalid value; the text is meant for the caller."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one image; None means the deployment's default.

    `model` is `name`, which means its newest version, or `name@version`.
    `top_k` (1–100) and `min_confidence` (0–1) apply when a recognition is read, never when it is stored.
    """

    detector: str | None = None
    model: str | None = None
    top_k: int | None = None
    min_confidence: float | None = None

    @classmethod
    def from_dict(cls, given: Mapping[str, object]) -> Self:
        """Read a JSON object, or S3 user metadata, whose values are strings; raises OptionsError."""
        unknown = sorted(set(given) - set(cls.__slots__))
        if unknown:
            raise OptionsError(f"Unknown option {unknown[0]!r}; the options are {', '.join(cls.__slots__)}.")
        return cls(
            detector=_detector(given.get("detector")),
            model=_model(given.get("model")),
            top_k=_whole(given.get("top_k")),
            min_confidence=_fraction(given.get("min_confidence")),
        )

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Self:
        """Read an object's metadata, ignoring entries that are no options; raises OptionsError."""
        return cls.from_dict({name: metadata[name.replace("_", "-")] for name in cls.__slots__
                              if name.replace("_", "-") in metadata})  # fmt: skip

    def to_metadata(self) -> dict[str, str]:
        """Return the S3 user metadata that `from_metadata` reads; empty without options."""
        return {
            name.replace("_", "-"): str(value) for name in self.__slots__ if (value := getattr(self, name)) is not None
        }


def _detector(value: object) -> str | None:
    if value is None or (isinstance(value, str) and value in DETECTORS):
        return value
    raise OptionsError(f"detector must be one of {', '.join(DETECTORS)}.")


def _model(value: object) -> str | None:
    if value is None or (isinstance(value, str) and _MODEL.fullmatch(value)):
        return value
    raise OptionsError("model must be the name of a model in GET /models, or name@version.")


def _whole(value: object) -> int | None:
    if value is None:
        return None
    whole = int(value) if isinstance(value, float) and value.is_integer() else value  # 3.0 is whole in JSON
    try:
        number = int(str(whole))
    except ValueError:
        number = 0
    if not 1 <= number <= MOST_DETECTIONS:
        raise OptionsError(f"top_k must be a whole number from 1 to {MOST_DETECTIONS}.")
    return number


def _fraction(value: object) -> float | None:
    if value is None:
        return None
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise OptionsError("min_confidence must be a number from 0 to 1.")
    return number
