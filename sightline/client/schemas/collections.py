"""The responses that describe many images, days or models."""

from typing import NotRequired, TypedDict

from sightline.client.schemas.image import Rejection


class ExportPart(TypedDict):
    """One file of an export: its format, its number of images, its presigned link."""

    format: str
    images: int
    url: str
    next_cursor: str | None


class ModelEntry(TypedDict):
    """A model that a request may name, or a bundle that cannot be used."""

    detector: str
    name: str
    version: NotRequired[str]
    task: NotRequired[str]
    status: NotRequired[str]
    labels: NotRequired[list[str]]
    origin: NotRequired[str]
    digest: NotRequired[str]
    error: NotRequired[Rejection]


class ModelList(TypedDict):
    """All models, and the names of the detectors that can be requested, the default one first."""

    items: list[ModelEntry]
    detectors: list[str]


class SavedCalls(TypedDict):
    """The calls of Rekognition that were saved."""

    by_cascade: int
    by_reuse: int


class Dollars(TypedDict):
    """Estimated cost in US dollars."""

    spent: float
    saved: float


class Usage(TypedDict):
    """The usage of some days."""

    uploads: int
    recognized: int
    rejected: int
    reused: int
    rekognition_calls: int
    rekognition_calls_saved: SavedCalls
    dollars: Dollars


class DayUsage(Usage):
    """The usage of one day, YYYY-MM-DD."""

    day: str


class Stats(TypedDict):
    """The usage of each day of a period, and of all of them."""

    items: list[DayUsage]
    total: Usage
