"""OpenAPI details of POST /classify that cannot be read off its handler."""

from openapi.parameters import OPTIONS, PICTURE, picture_form
from openapi.route import Body, Response, Room, Route, ref
from recognition.results.schemas import RECOGNITION_EXAMPLE

_UNREADABLE = {"damaged_image": 422, "too_many_pixels": 422}

ROOM = Room(
    package=__package__,
    tags={"models": ""},
    routes={
        "POST /classify": Route(
            {200: Response("The recognition of the edge model.", ref("Recognition"), RECOGNITION_EXAMPLE)},
            Body(PICTURE | picture_form(**{name: OPTIONS[name] for name in ("model", "top_k", "min_confidence")})),
            _UNREADABLE | {"unknown_model": 400, "unusable_model": 500, "model_failed": 500},
        ),
    },
    schemas={},
    parameters=OPTIONS,
)
