"""All that lies in buckets of one image: every version of its original, and the pictures derived from it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.image import Image, images_prefix

Version = dict[str, Any]

_AT_ONCE = 1000
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""


class ErasureError(Exception):
    """Something of an image would not go; to ask again may help."""


class ImageObjects:
    """Uploads lie under a prefix of their own; what was put by hand is one version of a key others may share."""

    def __init__(self, s3: Any, images: str, derived: str) -> None:
        self._s3, self._images, self._derived = s3, images, derived

    def uploaded(self, owner: str, image_id: str) -> bool:
        """Whether anything was uploaded as this image."""
        return any(True for _ in self._versions(images_prefix(owner, image_id)))

    def remove_originals(self, owner: str, image_id: str, images: Sequence[Image]) -> list[Version]:
        """Remove every version and delete marker of these images; answers what went."""
        prefix = images_prefix(owner, image_id)
        found = list(self._versions(prefix))
        for key in {image.key for image in images if not image.key.startswith(prefix)}:
            found += self._by_hand(key, {image.version for image in images if image.key == key})
        self._remove(self._images, [{"Key": each["key"], "VersionId": each["version"]} for each in found])
        return found

    def remove_derived(self, owner: str, image_id: str) -> list[str]:
        """Remove thumbnails and the like; answers their keys."""
        listed = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._derived, Prefix=f"{owner}/{image_id}/")
        keys = [each["Key"] for page in listed for each in page.get("Contents", ())]
        self._remove(self._derived, [{"Key": key} for key in keys])
        return keys

    def _by_hand(self, key: str, versions: set[str]) -> list[Version]:
        """Those versions of a key; its delete markers too, unless there are versions that are other images."""
        of_key = list(self._versions(key, only=key))
        mine = [each for each in of_key if each["version"] in versions]
        others = [each for each in of_key if not each["delete_marker"] and each not in mine]
        return mine if others else of_key

    def _versions(self, prefix: str, only: str | None = None) -> Iterator[Version]:
        """Versions and delete markers under a prefix; of one key `only`, which comes first of those it begins."""
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self._images, Prefix=prefix):
            found = [_version(each, delete_marker=False) for each in page.get("Versions", ())]
            found += [_version(each, delete_marker=True) for each in page.get("DeleteMarkers", ())]
            of_it = [each for each in found if only in (None, each["key"])]
            yield from of_it
            if len(of_it) < len(found):
                return

    def _remove(self, bucket: str, objects: Sequence[dict[str, str]]) -> None:
        for at in range(0, len(objects), _AT_ONCE):
            some = {"Objects": objects[at : at + _AT_ONCE], "Quiet": True}
            for refused in self._s3.delete_objects(Bucket=bucket, Delete=some).get("Errors", ()):
                raise ErasureError(f"{bucket}: {refused['Code']}")


def _version(listed: Mapping[str, Any], *, delete_marker: bool) -> Version:
    return {"key": listed["Key"], "version": listed["VersionId"], "delete_marker": delete_marker}
