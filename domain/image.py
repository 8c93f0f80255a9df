"""An Image: who owns it, where its bytes lie, and the id every later step knows it by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import unquote_plus

from domain.ids import digest, fresh_id, timed_id

ID_PREFIX = "img"
PUBLIC = "public"
"""The owner of everything when nobody signs in."""

_UPLOADED = re.compile(
    r"images/(?P<owner>[^/]+)/(?P<image_id>img_[0-9a-f]{32})/(?P<asked>asked/)?(?P<name>.+)", re.DOTALL
)
SEQUENCER_DIGITS = 32


def new_image_id(at: datetime) -> str:
    """The id of an image that arrives now."""
    return fresh_id(ID_PREFIX, at)


def image_key(owner: str, image_id: str, name: str, *, asked: bool = False) -> str:
    """The S3 key of an uploaded image; `asked` when its metadata carries options worth reading."""
    return f"images/{owner}/{image_id}/{'asked/' if asked else ''}{name}"


def images_prefix(owner: str, image_id: str) -> str:
    """The S3 prefix under which every object of one uploaded image lies."""
    return f"images/{owner}/{image_id}/"


@dataclass(frozen=True, slots=True)
class Image:
    """One version of one stored picture.

    `received_at` is RFC 3339 UTC. `sequencer` orders the versions of one key as S3 does: compared as a string
    once padded with zeros on the right. `has_options` says whether the object's metadata is worth a request:
    an upload of ours says so in its key, anything put into the bucket by hand may carry some. `content` is the
    same for the same bytes, made of S3's ETag and the size; empty when the event tells none.
    """

    image_id: str
    owner: str
    name: str
    bucket: str
    key: str
    version: str
    sequencer: str
    size: int
    received_at: str
    has_options: bool = False
    content: str = ""

    @classmethod
    def from_s3_record(cls, record: Mapping[str, Any]) -> Self:
        """Read one `Records` entry of an S3 event, versions 2.1–2.6; raises KeyError or ValueError on another shape.

        S3 form-encodes the key (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
        """
        stored = record["s3"]["object"]
        key = unquote_plus(stored["key"])
        version = stored.get("versionId", "null")
        sequencer = stored.get("sequencer", "").ljust(SEQUENCER_DIGITS, "0")
        bucket = record["s3"]["bucket"]["name"]
        uploaded = _UPLOADED.fullmatch(key)
        return cls(
            image_id=uploaded["image_id"] if uploaded else _derived_id(record, bucket, key, version, sequencer),
            owner=uploaded["owner"] if uploaded else PUBLIC,
            name=uploaded["name"] if uploaded else key.rsplit("/", 1)[-1] or key,
            bucket=bucket,
            key=key,
            version=version,
            sequencer=sequencer,
            size=int(stored["size"]),
            received_at=record["eventTime"],
            has_options=uploaded is None or uploaded["asked"] is not None,
            content=f"{etag}-{stored['size']}" if (etag := stored.get("eTag", "").strip('"')) else "",
        )

    @property
    def location(self) -> dict[str, str]:
        """Where its bytes lie, as the arguments that S3's object operations take."""
        version = {} if self.version == "null" else {"VersionId": self.version}
        return {"Bucket": self.bucket, "Key": self.key} | version


def _derived_id(record: Mapping[str, Any], *parts: str) -> str:
    return timed_id(ID_PREFIX, datetime.fromisoformat(record["eventTime"]), digest(*parts)[:20])
