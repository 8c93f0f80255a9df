"""A Detector: what is asked to see."""

from collections.abc import Sequence
from typing import Protocol

from domain.image import Image
from recognition.runtime.entry import Outcome


class Detector(Protocol):
    """Rekognition or the edge model."""

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """What is seen on each image, or why it can never be read; an image left out is worth another try."""
