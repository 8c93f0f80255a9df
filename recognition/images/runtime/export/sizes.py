"""The sizes of pictures whose recognition tells none, read off the pictures themselves."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from domain.recognition import Recognition
from recognition.images.runtime.export.formats.upright_size import HEAD_BYTES, upright_size
from recognition.results.runtime.entry import Entry

AT_ONCE = 16

logger = Logger(child=True)


class Sizes:
    """Of pictures in S3."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def complete(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries, with sizes where their pictures tell."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._complete, entries))

    def _complete(self, entry: Entry) -> Entry:
        if not isinstance(entry.outcome, Recognition) or entry.outcome.size:
            return entry
        try:
            stored = self._s3.get_object(**entry.image.location, Range=f"bytes=0-{HEAD_BYTES - 1}")
        except ClientError as error:
            told = {"code": error.response["Error"]["Code"], "correlation_id": entry.image.image_id}
            logger.warning("picture not read", extra=told)
            return entry
        return replace(entry, outcome=replace(entry.outcome, size=upright_size(stored["Body"].read())))
