"""The Options that a caller may send with an image; the S3 object's metadata carries them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from domain.detectors import DETECTORS

MOST_DETECTIONS = 100
_MODEL = re.compile(r"[A-Za-z0-9][\w.-]{0,63}(@[A-Za-z0-9][\w.+-]{0,31})?", re.ASCII)
_WHOLE_TEXT = re.compile(r"[0-9]{1,9}")
_FRACTION_TEXT = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_LONGEST_NAME = 40
"""Characters of an unknown option's name that an error repeats."""


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
        """Read a JSON object, whose numbers are numbers; raises OptionsError."""
        unknown = sorted(set(given) - set(cls.__slots__))
        if unknown:
            name = unknown[0][:_LONGEST_NAME]
            raise OptionsError(f"Unknown option {name!r}; the options are {', '.join(cls.__slots__)}.")
        return cls(
            detector=_detector(given.get("detector")),
            model=_model(given.get("model")),
            top_k=_whole(given.get("top_k")),
            min_confidence=_fraction(given.get("min_confidence")),
        )

    @classmethod
    def from_texts(cls, given: Mapping[str, str | None]) -> Self:
        """Read query parameters or fields of a form, whose numbers are texts; raises OptionsError."""
        readers = {"top_k": _whole_of, "min_confidence": _fraction_of}
        return cls.from_dict({name: readers[name](text) if name in readers else text for name, text in given.items()})

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Self:
        """Read an object's metadata, ignoring entries that are no options; raises OptionsError."""
        return cls.from_texts({name: metadata[name.replace("_", "-")] for name in cls.__slots__
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
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    if not 1 <= number <= MOST_DETECTIONS or int(number) != number:  # 3.0 is whole in JSON
        raise OptionsError(f"top_k must be a whole number from 1 to {MOST_DETECTIONS}.")
    return int(number)


def _fraction(value: object) -> float | None:
    if value is None:
        return None
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
    if not 0 <= number <= 1:
        raise OptionsError("min_confidence must be a number from 0 to 1.")
    return float(number)


def _whole_of(text: str | None) -> object:
    """Return the number that the digits mean; return any other text as it is, to be refused."""
    return int(text) if text and _WHOLE_TEXT.fullmatch(text) else text


def _fraction_of(text: str | None) -> object:
    return float(text) if text and _FRACTION_TEXT.fullmatch(text) else text
