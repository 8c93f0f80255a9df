"""The sizes of images whose recognition has none, read from the images themselves."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from domain.recognition import Recognition
from recognition.images.runtime.export.formats.upright_size import HEAD_BYTES, upright_size
from recognition.results.runtime.entry import Entry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import GetObjectRequestTypeDef

THREADS = 16

logger = Logger(child=True)


class ImageSizes:
    """Reads the sizes of images in S3."""

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    def complete(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries, with sizes where the first bytes of the images contain them."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self._complete, entries))

    def _complete(self, entry: Entry) -> Entry:
        if not isinstance(entry.outcome, Recognition) or entry.outcome.size:
            return entry
        head = {"Range": f"bytes=0-{HEAD_BYTES - 1}"}
        location = cast("GetObjectRequestTypeDef", entry.image.location | head)
        try:
            stored = self._s3.get_object(**location)
        except ClientError as error:
            extra = {"code": error.response["Error"]["Code"], "correlation_id": entry.image.image_id}
            logger.warning("image not read", extra=extra)
            return entry
        return replace(entry, outcome=replace(entry.outcome, size=upright_size(stored["Body"].read())))
