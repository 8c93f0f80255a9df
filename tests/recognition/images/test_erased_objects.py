"""Objects whose keys do not fit into XML, which moto cannot list, are erased like any other."""

from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree

import pytest

from domain.image import images_prefix
from recognition.images.runtime.erase.objects import ImageObjects
from recognition.results.runtime.keys import ImageKey
from tests.builders import IMAGE_ID, image

NAMES = {
    "a noncharacter": "a\ufffe.jpg",
    "another noncharacter": "a\uffff.jpg",
    "a noncharacter that XML allows": "a\ufdd0\U0010fffe.jpg",
    "control characters": "a\x01\x1f\x7f.jpg",
    "line ends": "a\r\n\t.jpg",
    "control characters of Latin-1": "a\x80\x85\x9f.jpg",
    "signs of XML": "a<&>'\".jpg",
    "usual letters": "Katze ü 猫 👩.jpg",
}


@dataclass
class Bucket:
    """A client of S3 for one bucket, which deletes several objects only if their keys survive as XML."""

    keys: set[str]

    def get_paginator(self, operation: str) -> "Bucket":
        """Return the bucket itself."""
        return self

    def paginate(self, *, Prefix: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803 (as botocore names it)
        """Return one page."""
        return [{"Versions": [{"Key": key, "VersionId": "v1"} for key in self.keys if key.startswith(Prefix)]}]

    def delete_object(self, *, Key: str, VersionId: str, **_: Any) -> None:  # noqa: N803
        """Delete the object that the URL names."""
        assert VersionId == "v1"
        self.keys.remove(Key)

    def delete_objects(self, *, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        """Delete the objects that the body names; raises ParseError if it is no XML."""
        for stored in Delete["Objects"]:
            element = ElementTree.Element("Key")
            element.text = stored["Key"]
            self.keys.remove(ElementTree.fromstring(ElementTree.tostring(element)).text or "")
        return {}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("prefix", [images_prefix("ann", IMAGE_ID), "holiday/"], ids=["uploaded", "by hand"])
def test_an_object_of_any_name_is_erased(prefix: str, name: str) -> None:
    bucket: Any = Bucket({prefix + name, "another.jpg"})
    stored = replace(image(owner="ann"), key=prefix + name, version="v1")
    removed = ImageObjects(bucket, "images", "derived").remove_originals(ImageKey("ann", IMAGE_ID), [stored])
    assert [version["key"] for version in removed] == [prefix + name]
    assert bucket.keys == {"another.jpg"}
