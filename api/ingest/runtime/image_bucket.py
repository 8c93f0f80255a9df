"""Images: the bucket that uploads go to; the object is the only record of an upload."""

from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, Self

from botocore.exceptions import BotoCoreError

from domain.clock import now
from domain.image import image_key, new_image_id
from domain.options import Options
from wire.outbound.download import Download, FetchError, too_large
from wire.outbound.fetch import LARGEST
from wire.outbound.target import TargetError

_SPOOLED = 1024 * 1024
_FORM_SECONDS = 300

CLIENT_SETTINGS = {
    "connect_timeout": 3,
    "read_timeout": 8,
    "request_checksum_calculation": "when_required",
    "s3": {"payload_signing_enabled": False},
    "signature_version": "s3v4",
}
"""A body that can be read only once can be neither signed nor summed beforehand; TLS guards it on the way."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one new image goes, and the metadata that carries its options there."""

    image_id: str
    key: str
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, owner: str, name: str, options: Options) -> Self:
        """A place nothing has been put to before."""
        metadata = options.to_metadata()
        image_id = new_image_id(now())
        return cls(image_id, image_key(owner, image_id, name, asked=bool(metadata)), metadata)


class Images:
    """The bucket, as its uploaders see it."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def add(self, place: Place, content_type: str, body: Any, length: int) -> None:
        """Store `length` bytes; a repeat after a failure is botocore's, where the body can be read again."""
        self._s3.put_object(
            Bucket=self._bucket,
            Key=place.key,
            Body=body,
            ContentLength=length,
            ContentType=content_type,
            Metadata=dict(place.metadata),
        )

    def add_download(self, place: Place, download: Download) -> None:
        """Pass a download through without holding it; raises what its body raised."""
        if download.length is None:
            return self._add_spooled(place, download)
        try:
            self.add(place, download.content_type, download.body, download.length)
        except (BotoCoreError, FetchError, TargetError) as error:
            raise download.body.failure or error from None
        return None

    def form(self, place: Place, content_type: str) -> dict[str, Any]:
        """A POST that a browser may send by itself: this key, this type, 1 B – 15 MB, within five minutes."""
        fields = {"Content-Type": content_type} | {f"x-amz-meta-{name}": said for name, said in place.metadata.items()}
        form: dict[str, Any] = self._s3.generate_presigned_post(
            self._bucket,
            place.key,
            Fields=dict(fields),
            Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 1, LARGEST]],
            ExpiresIn=_FORM_SECONDS,
        )
        return form

    def _add_spooled(self, place: Place, download: Download) -> None:
        with SpooledTemporaryFile(_SPOOLED) as file:
            length = _copy(download, file)
            file.seek(0)
            self.add(place, download.content_type, file, length)


def _copy(download: Download, file: Any) -> int:
    length = 0
    while chunk := download.body.read(_SPOOLED):
        length += file.write(chunk)
        if length > download.largest:
            raise too_large(download.largest)
    return length
