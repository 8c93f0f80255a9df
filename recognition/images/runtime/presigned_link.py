"""Presigned links: URLs that open one object of S3 for an hour, without a sign-in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

LIFETIME = timedelta(hours=1)


def presigned_link(s3: "S3Client", location: Mapping[str, object]) -> str:
    """Return a link to an object; `location` are the arguments of S3's GetObject."""
    seconds = int(LIFETIME.total_seconds())
    return s3.generate_presigned_url("get_object", Params=dict(location), ExpiresIn=seconds)
