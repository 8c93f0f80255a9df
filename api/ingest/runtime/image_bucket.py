"""The bucket of the images, as uploads write to it: the object is the only record of an upload."""

from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple, Self, TypedDict, cast

from botocore.exceptions import BotoCoreError

from domain.clock import now
from domain.image import image_key, new_image_id
from domain.options import Options
from wire.outbound.download import Body, Download, FetchError, too_large
from wire.outbound.fetch import LARGEST
from wire.outbound.target import TargetError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import BlobTypeDef

_SPOOLED = 1024 * 1024
"""Bytes of a download that are kept in memory; longer ones go to a temporary file."""
_FORM_SECONDS = 300

CLIENT_SETTINGS = {
    "connect_timeout": 3,
    "read_timeout": 8,
    "request_checksum_calculation": "when_required",
    "s3": {"payload_signing_enabled": False},
    "signature_version": "s3v4",
}
"""A body that can be read only once can be neither signed nor hashed beforehand; TLS protects the transfer."""


class NewImage(NamedTuple):
    """An image to be stored: its id, its S3 key, and the object's metadata, which holds its options."""

    image_id: str
    key: str
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, owner: str, name: str, options: Options) -> Self:
        """Return a new image with a new id."""
        metadata = options.to_metadata()
        image_id = new_image_id(now())
        return cls(image_id, image_key(owner, image_id, name, has_options=bool(metadata)), metadata)


class PresignedForm(TypedDict):
    """A form that a browser posts as multipart/form-data to `url`: all `fields`, then the file."""

    url: str
    fields: dict[str, str]


class Images:
    """The bucket of the images, for uploads."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def add(self, image: NewImage, content_type: str, body: "BlobTypeDef | Body", length: int) -> None:
        """Store `length` bytes; botocore retries after a failure if it can read the body again."""
        self._s3.put_object(
            Bucket=self._bucket,
            Key=image.key,
            Body=cast("BlobTypeDef", body),
            ContentLength=length,
            ContentType=content_type,
            Metadata=dict(image.metadata),
        )

    def add_download(self, image: NewImage, download: Download) -> None:
        """Store a download as it arrives, without holding it in memory; raises the errors of its body."""
        if download.length is None:
            return self._add_spooled(image, download)
        try:
            self.add(image, download.content_type, download.body, download.length)
        except (BotoCoreError, FetchError, TargetError) as error:
            raise download.body.failure or error from None
        return None

    def presigned_form(self, image: NewImage, content_type: str) -> PresignedForm:
        """Return a form that a browser can post: this key, this type, 1 B – 15 MiB, within five minutes."""
        metadata = {f"x-amz-meta-{name}": value for name, value in image.metadata.items()}
        fields = {"Content-Type": content_type} | metadata
        form = self._s3.generate_presigned_post(
            self._bucket,
            image.key,
            Fields=dict(fields),
            Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 1, LARGEST]],
            ExpiresIn=_FORM_SECONDS,
        )
        return {"url": form["url"], "fields": form["fields"]}

    def _add_spooled(self, image: NewImage, download: Download) -> None:
        with SpooledTemporaryFile(_SPOOLED) as file:
            length = _copy(download, file)
            file.seek(0)
            self.add(image, download.content_type, file, length)


def _copy(download: Download, file: IO[bytes]) -> int:
    length = 0
    while chunk := download.body.read(_SPOOLED):
        length += file.write(chunk)
        if length > download.largest:
            raise too_large(download.largest)
    return length
