"""Erasure in the deployed app, under IAM enforcement: nothing is left of an image, and subscribers are notified."""

import json
from typing import Any

import pytest
import requests

from tests.pipeline.chain import Chain, wait_for


def traces(chain: Chain, image_id: str) -> list[str]:
    """Return everything that names the image: versions and delete markers in every bucket, rows in every table."""
    s3, dynamodb = chain.deployment.client("s3"), chain.deployment.client("dynamodb")
    found = []
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            found += [version["Key"] for kind in ("Versions", "DeleteMarkers") for version in page.get(kind, ())]
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            found += [f"{table} {json.dumps(item, default=str)}" for item in page["Items"]]
    return [trace for trace in found if image_id in trace]


def erased(chain: Chain, image_id: str) -> dict[str, Any]:
    """Erase an image and return the receipt."""
    response = chain.request("DELETE", f"/images/{image_id}")
    assert response.status_code == 200, response.text
    receipt: dict[str, Any] = response.json()
    return receipt


def gone(chain: Chain, image_id: str) -> None:
    """Wait until the delivery log is erased; assert that only the mark and the log of the erasure event are left."""

    def look() -> list[str] | None:
        found = [trace for trace in traces(chain, image_id) if "image.erased" not in trace]
        return found if len(found) <= 1 else None

    left = wait_for(look)
    assert len(left) == 1
    assert set(json.loads(left[0].split(" ", 1)[1])) == {"owner", "image_id", "sequencer", "expires"}


def test_nothing_is_left_of_an_erased_image(chain: Chain, cat: bytes) -> None:
    image_id = chain.by_form("my cat.jpg", cat + b"to erase", top_k=1)
    chain.settled(image_id)
    chain.receipts(image_id)
    for kind in ("annotated", "thumbnail"):
        assert chain.request("GET", f"/images/{image_id}/{kind}", allow_redirects=False).status_code == 302
    again = chain.request("POST", f"/images/{image_id}/recognitions", json={"detector": "rekognition"}).json()[
        "request"
    ]
    wait_for(lambda: chain.settled(image_id).get("request") == again)
    assert chain.request("POST", f"/images/{image_id}/corrections", json={"labels": ["tom"]}).status_code == 201
    chain.receipts(image_id, times=2)
    assert len(traces(chain, image_id)) > 10

    receipt = erased(chain, image_id)
    removed = receipt["removed"]
    assert [stored["key"].rsplit("/", 1)[-1] for stored in removed["objects"]] == ["my cat.jpg"]
    assert (len(removed["derived"]), len(removed["earlier"]), removed["recognition"]) == (2, 1, True)
    assert {"label/0.9/cat", "detector/rekognition"} <= set(removed["found_by"])

    notification = chain.receipts(image_id, times=3)[2]
    assert notification.verified
    assert (notification.event["type"], notification.event["data"]) == ("image.erased", {"image_id": image_id})
    gone(chain, image_id)
    for path in ("", "/annotated", "/timeline"):
        assert chain.request("GET", f"/images/{image_id}{path}").status_code == 404
    assert erased(chain, image_id)["removed"]["objects"] == []


def test_links_from_before_the_erasure_open_nothing(chain: Chain, cat: bytes) -> None:
    image_id = chain.by_bytes("linked.jpg", cat)
    links = chain.settled(image_id)["links"]
    thumbnail = chain.request("GET", f"/images/{image_id}/thumbnail", allow_redirects=False).headers["Location"]
    assert requests.get(links["original"], timeout=60).status_code == 200
    erased(chain, image_id)
    assert {requests.get(link, timeout=60).status_code for link in (links["original"], thumbnail)} == {404}


def test_an_object_put_by_hand_is_erased_with_its_delete_marker(chain: Chain, cat: bytes) -> None:
    image_id = chain.by_hand("erasing/tom 2.jpg", cat)
    chain.receipts(image_id)
    bucket = chain.deployment.endpoints.images_bucket
    chain.deployment.client("s3").delete_object(Bucket=bucket, Key="erasing/tom 2.jpg")
    receipt = erased(chain, image_id)
    assert sorted(stored["delete_marker"] for stored in receipt["removed"]["objects"]) == [False, True]
    listed = chain.deployment.client("s3").list_object_versions(Bucket=bucket, Prefix="erasing/tom")
    assert not listed.get("Versions")
    assert not listed.get("DeleteMarkers")


@pytest.mark.parametrize("name", ["a\ufffe.jpg", "b\x01\r\n.jpg", "c\ufdd0\u202e.jpg", "${filename}"])
def test_an_image_of_any_name_is_erased(chain: Chain, cat: bytes, name: str) -> None:
    for image_id in (chain.by_bytes(name, cat), chain.by_hand(f"odd/{name}", cat)):
        chain.settled(image_id)
        assert erased(chain, image_id)["removed"]["objects"]
        gone(chain, image_id)


def test_an_image_erased_at_once_does_not_come_back(chain: Chain, cat: bytes) -> None:
    image_id = chain.by_bytes("hasty.jpg", cat)
    erased(chain, image_id)
    later = chain.by_bytes("later.jpg", cat)
    chain.settled(later)
    gone(chain, image_id)
    assert chain.request("GET", f"/images/{image_id}").status_code == 404


def test_an_unknown_image_cannot_be_erased(chain: Chain) -> None:
    response = chain.request("DELETE", "/images/img_00000000000000000000000000000000")
    assert (response.status_code, response.json()["code"]) == (404, "no_such_image")
