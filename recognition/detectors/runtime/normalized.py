"""Images as Rekognition can read them, made by the edge function of those that it refused."""

from domain.image import Image
from domain.recognition import Rejection
from recognition.detectors.runtime.edge.derived_pictures import PictureError, Place, derive, place_of
from recognition.detectors.runtime.edge.detector import EdgeDetector


class Normalised:
    """The collection. It is not looked up whether one is there already: few images are refused twice."""

    def __init__(self, edge: EdgeDetector, bucket: str) -> None:
        self._edge, self._bucket = edge, bucket

    def of(self, image: Image) -> Place | Rejection | None:
        """Where the normalised picture lies, why there can be none, or None where another try may help.

        Raises DetectorError.
        """
        place = place_of(self._bucket, image, "rekognition")
        try:
            derive(self._edge, image, "rekognition", place)
        except PictureError as error:
            return None if error.retryable else Rejection(error.code, error.detail)
        return place
