"""An Image: its owner, the location of its bytes, and the id that every later step uses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import unquote_plus

from domain.ids import digest, fresh_id, timed_id

ID_PREFIX = "img"
PUBLIC = "public"
"""The owner of every image of a deployment without sign-in."""

_SPREAD_DIGITS = 2
"""The digits of an image's id that begin its key, so that S3 can spread one owner's images over 256 partitions.

A prefix takes 3,500 writes a second: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
"""
_UPLOADED = re.compile(
    r"images/(?P<spread>[0-9a-f]{2})/(?P<owner>[^/]+)/(?P<image_id>img_[0-9a-f]{30}(?P=spread))/"
    r"(?P<options>asked/)?(?P<name>.+)",
    re.DOTALL,
)
"""The key of an upload, as `images_prefix` begins it. A key whose first digits are not those of its id is no upload."""
SEQUENCER_DIGITS = 32
"""The length of a padded sequencer."""


def new_image_id(at: datetime) -> str:
    """Return the id of an image that arrives at this time."""
    return fresh_id(ID_PREFIX, at)


def image_key(owner: str, image_id: str, name: str, *, has_options: bool = False) -> str:
    """Return the S3 key of an uploaded image; the key shows whether the object's metadata holds options."""
    return f"{images_prefix(owner, image_id)}{'asked/' if has_options else ''}{name}"


def images_prefix(owner: str, image_id: str) -> str:
    """Return the S3 prefix of every object of one uploaded image. It begins with the last, random digits of its id."""
    return f"images/{image_id[-_SPREAD_DIGITS:]}/{owner}/{image_id}/"


def is_noncharacter(char: str) -> bool:
    """Return whether a character is one of Unicode's 66 noncharacters, two of which no XML document can contain.

    https://www.unicode.org/faq/private_use.html#nonchar4
    """
    code = ord(char)
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


@dataclass(frozen=True, slots=True)
class Image:
    """One version of one stored picture.

    `received_at` is RFC 3339 UTC. `sequencer` orders the versions of one key as S3 does: as strings, padded with zeros
    on the right. `has_options` is False only if the object's metadata holds no options, which the key of an upload by
    this API shows; any other object may have some. `content` identifies the bytes: S3's ETag and the size, empty when
    the event has no ETag.
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
        """Read one `Records` entry of an S3 event, versions 2.1–2.6; raises KeyError or ValueError for another shape.

        S3 encodes the key as in a form (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
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
            has_options=uploaded is None or uploaded["options"] is not None,
            content=f"{etag}-{stored['size']}" if (etag := stored.get("eTag", "").strip('"')) else "",
        )

    @property
    def location(self) -> dict[str, str]:
        """The location of its bytes, as arguments of S3's object operations."""
        version = {} if self.version == "null" else {"VersionId": self.version}
        return {"Bucket": self.bucket, "Key": self.key} | version


def _derived_id(record: Mapping[str, Any], *parts: str) -> str:
    return timed_id(ID_PREFIX, datetime.fromisoformat(record["eventTime"]), digest(*parts)[:20])
