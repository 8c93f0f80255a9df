"""The objects of an image: every version of its original, and its derived pictures."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypedDict

from domain.image import Image, images_prefix, is_noncharacter
from recognition.results.runtime.keys import ImageKey

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import (
        DeleteMarkerEntryTypeDef,
        DeleteObjectRequestTypeDef,
        ObjectIdentifierTypeDef,
        ObjectVersionTypeDef,
    )

_MOST_OBJECTS = 1000
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""


class ObjectVersion(TypedDict):
    """A version of an object, or a delete marker."""

    key: str
    version: str
    delete_marker: bool


class ErasureError(Exception):
    """Part of an image could not be erased; a retry may help."""


class ImageObjects:
    """The buckets of originals and of derived pictures.

    An upload has a prefix of its own. An object put by other means is one version of a key that several images share.
    """

    def __init__(self, s3: "S3Client", images: str, derived: str) -> None:
        self._s3, self._images, self._derived = s3, images, derived

    def exist(self, key: ImageKey) -> bool:
        """Return whether the upload of this image has a version or a delete marker."""
        return any(True for _ in self._versions(images_prefix(*key)))

    def remove_originals(self, key: ImageKey, images: Sequence[Image]) -> list[ObjectVersion]:
        """Delete every version and delete marker of these images; return them."""
        prefix = images_prefix(*key)
        found = list(self._versions(prefix))
        for shared in {image.key for image in images if not image.key.startswith(prefix)}:
            found += self._versions_of_key(shared, {image.version for image in images if image.key == shared})
        self._remove(self._images, [{"Key": version["key"], "VersionId": version["version"]} for version in found])
        return found

    def remove_derived(self, key: ImageKey) -> list[str]:
        """Delete the derived pictures; return their keys."""
        prefix = f"{key.owner}/{key.image_id}/"
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._derived, Prefix=prefix)
        keys = [stored["Key"] for page in pages for stored in page.get("Contents", ())]
        self._remove(self._derived, [{"Key": key} for key in keys])
        return keys

    def _versions_of_key(self, key: str, versions: set[str]) -> list[ObjectVersion]:
        """Return these versions of a key, with its delete markers unless it has versions that are other images."""
        found = list(self._versions(key, only=key))
        own = [version for version in found if version["version"] in versions]
        others = [version for version in found if not version["delete_marker"] and version not in own]
        return own if others else found

    def _versions(self, prefix: str, only: str | None = None) -> Iterator[ObjectVersion]:
        """Yield the versions and delete markers under a prefix, or only of the key `only`, which S3 lists first."""
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self._images, Prefix=prefix):
            listed = [_version(version, delete_marker=False) for version in page.get("Versions", ())]
            listed += [_version(marker, delete_marker=True) for marker in page.get("DeleteMarkers", ())]
            found = [version for version in listed if only in (None, version["key"])]
            yield from found
            if len(found) < len(listed):
                return

    def _remove(self, bucket: str, objects: Sequence["ObjectIdentifierTypeDef"]) -> None:
        for stored in objects:
            if not _fits_into_xml(stored["Key"]):
                location: DeleteObjectRequestTypeDef = {"Bucket": bucket, "Key": stored["Key"]}
                if "VersionId" in stored:
                    location["VersionId"] = stored["VersionId"]
                self._s3.delete_object(**location)
        remaining = (stored for stored in objects if _fits_into_xml(stored["Key"]))
        while batch := list(islice(remaining, _MOST_OBJECTS)):
            response = self._s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
            for refused in response.get("Errors", ()):
                raise ErasureError(f"{bucket}: {refused['Code']}")


def _fits_into_xml(key: str) -> bool:
    """Return whether the body of DeleteObjects, which is XML 1.0, can name a key; the URL of DeleteObject names any.

    https://www.w3.org/TR/xml/#charsets
    """
    return not any(unicodedata.category(char) == "Cc" or is_noncharacter(char) for char in key)


def _version(listed: "ObjectVersionTypeDef | DeleteMarkerEntryTypeDef", *, delete_marker: bool) -> ObjectVersion:
    return {"key": listed["Key"], "version": listed["VersionId"], "delete_marker": delete_marker}
