"""Crafted pictures that would keep a decoder busy, as the deployed app meets them alone and among good ones."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.edge_ml.jpegs import jpeg, scan
from tests.pipeline.chain import Chain

SCANS = 20_000


@pytest.fixture(scope="module")
def many_scans() -> bytes:
    """A baseline JPEG of 16 megapixels with 20,000 more scans, each of which takes a decoder a millisecond."""
    return jpeg(4000, 4000, more=scan([1]) * SCANS)


def test_many_scans_are_refused_by_their_count(chain: Chain, many_scans: bytes) -> None:
    response = chain.request("POST", "/classify", data=many_scans, headers={"Content-Type": "image/jpeg"})
    assert (response.status_code, response.json()["code"]) == (422, "damaged_image"), response.text


def test_a_picture_of_many_scans_costs_its_neighbors_nothing(chain: Chain, cat: bytes, many_scans: bytes) -> None:
    def pictures() -> Iterator[tuple[str, bytes]]:
        yield "hostile.jpg", many_scans
        yield from ((f"neighbor-{n}.jpg", cat + f"neighbor {n}".encode()) for n in range(9))

    with ThreadPoolExecutor(10) as uploads:
        hostile, *good = uploads.map(lambda picture: chain.by_bytes(*picture), pictures())
    rejected = chain.settled(hostile)
    assert (rejected["status"], rejected["rejection"]["code"]) == ("rejected", "damaged_image")
    for image_id in good:
        assert chain.settled(image_id)["status"] == "recognized"
        hops = chain.request("GET", f"/images/{image_id}/timeline").json()["items"]
        assert [hop["tries"] for hop in hops if hop["what"] == "recognized"] == [1]
