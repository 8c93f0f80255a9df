"""Pictures that are recognized at once, without being stored."""

import io
from typing import NamedTuple

from sightline.client.pictures.drawing import draw
from sightline.client.pictures.picture import (
    LARGEST_BODY,
    Picture,
    PictureSource,
    is_url,
    read_picture,
    url_name,
)
from sightline.client.schemas.image import Recognition
from sightline.client.schemas.queries import ClassifyOptions
from sightline.client.transport.api import Api


class Drawn(NamedTuple):
    """A recognition, and a JPEG of the picture with the detections drawn on it."""

    recognition: Recognition
    jpeg: bytes


class Classifier:
    """Calls `POST /classify`. Every method raises a Problem if it fails."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def read(self, picture: PictureSource) -> Picture:
        """Read a picture, or fetch it from its URL."""
        if not is_url(picture):
            return read_picture(picture, None, LARGEST_BODY)
        file = io.BytesIO()
        self._api.download(picture, file, LARGEST_BODY)
        return read_picture(file.getvalue(), url_name(picture), LARGEST_BODY)

    def classify(self, picture: Picture, options: ClassifyOptions) -> Recognition:
        """Return the recognition of a picture."""
        recognition: Recognition = self._api.post_file("/classify", picture.content, picture.content_type, options)
        return recognition

    def classify_and_draw(self, picture: PictureSource, options: ClassifyOptions) -> Drawn:
        """Return the recognition of a picture, and the picture with the detections drawn on it."""
        read = self.read(picture)
        recognition = self.classify(read, options)
        return Drawn(recognition, draw(read.content, recognition["detections"]))
