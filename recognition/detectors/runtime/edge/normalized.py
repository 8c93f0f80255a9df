"""Images converted into a format that Rekognition reads, by the edge function, after Rekognition has refused them."""

from domain.image import Image
from domain.recognition import Rejection
from recognition.detectors.runtime.edge.derived_pictures import PictureError, S3Location, derive, picture_location
from recognition.detectors.runtime.edge.detector import EdgeDetector


class NormalizedImages:
    """The converted images. Each request converts an image again, without a look-up: few images are refused twice."""

    def __init__(self, edge: EdgeDetector, bucket: str) -> None:
        self._edge, self._bucket = edge, bucket

    def location(self, image: Image) -> S3Location | Rejection | None:
        """Convert an image; return its location, the reason why it cannot be converted, or None if a retry may help.

        Raises DetectorError.
        """
        location = picture_location(self._bucket, image, "rekognition")
        try:
            derive(self._edge, image, "rekognition", location)
        except PictureError as error:
            return None if error.retryable else Rejection(error.code, error.detail)
        return location
