"""The quotas of owners, judged once more when an image is recognized: a form to upload may be posted several times."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence

from domain.image import Image
from domain.options import Options
from domain.recognition import Rejection
from recognition.recognize.runtime.request import RecognitionRequest
from wire.http.quota import Quota

_REJECTION = Rejection("quota_exceeded", "The owner's daily quota was used up when this image came.")


def over_quota(
    quota: Quota,
    default: str,
    first: Container[RecognitionRequest],
    requests: Sequence[RecognitionRequest],
    options: Mapping[Image, Options],
) -> dict[Image, Rejection]:
    """Return the rejections of images that the quotas do not permit; `default` is the default detector.

    Only requests in `first` are judged: those whose message is received for the first time. Others were counted before.
    """
    begun, refused = Counter[str](), dict[Image, Rejection]()
    for request in requests:
        image, owner = request.image, request.image.owner
        if request not in first or image not in options:
            continue
        detector = options[image].detector or default
        if quota.take(owner, detector, upload=not request.request, begun=begun[owner]):
            begun[owner] += 1
        else:
            refused[image] = _REJECTION
    return refused
