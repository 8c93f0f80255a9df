"""An image and its outcomes."""

from typing import NotRequired, TypedDict


class Box(TypedDict):
    """A bounding box in fractions of the image's width and height, 0–1."""

    left: float
    top: float
    width: float
    height: float


class Mask(TypedDict):
    """The pixels of a thing: `size` is height and width, `counts` are COCO's compressed run lengths."""

    size: list[int]
    counts: str


class Detection(TypedDict):
    """One label with its confidence, 0–1, and the place of the thing where the model locates it.

    `outline` holds closed polygons of x and y, in fractions of the image's width and height; `parents` are broader
    labels.
    """

    label: str
    confidence: float
    box: NotRequired[Box | None]
    outline: NotRequired[list[list[list[float]]] | None]
    mask: NotRequired[Mask | None]
    parents: NotRequired[list[str]]


class Model(TypedDict):
    """The model that made a recognition; both are empty where the detector has none.

    `digest` is the SHA-256 of the model's file.
    """

    name: str
    version: str
    digest: NotRequired[str]


class Size(TypedDict):
    """The size of an image in pixels."""

    width: int
    height: int


class Recognition(TypedDict):
    """The detections of one detector; `asked` is the detector that was requested."""

    detector: str
    asked: str
    model: Model
    detections: list[Detection]
    duration_ms: int
    size: NotRequired[Size | None]


class Rejection(TypedDict):
    """The reason why an image cannot be recognized."""

    code: str
    detail: str


class Outcome(TypedDict):
    """A recognition or a rejection; `status` is `recognized`, `rejected`, or `queued` while there is neither."""

    status: str
    request: NotRequired[str]
    reused_from: NotRequired[str]
    recognized_at: NotRequired[str]
    recognition: NotRequired[Recognition]
    rejected_at: NotRequired[str]
    rejection: NotRequired[Rejection]


class Step(TypedDict):
    """One step of an image's timeline: its time, its kind, and fields that depend on the kind (docs/api.md)."""

    at: str
    what: str


class Correction(TypedDict):
    """The labels that a person gave an image."""

    labels: list[str]
    at: str


class Image(Outcome):
    """An image with its current outcome; `GET /images/{image_id}` adds the earlier outcomes and the corrections."""

    image_id: str
    name: str
    received_at: NotRequired[str]
    bytes: NotRequired[int]
    earlier: NotRequired[list[Outcome]]
    corrections: NotRequired[list[Correction]]
    links: NotRequired[dict[str, str]]
