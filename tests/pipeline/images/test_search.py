"""Search, export and correction of images in the deployed app."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import requests
from pycocotools.coco import COCO

from tests.pipeline.chain import Chain, wait_for


def found(chain: Chain, **query: str) -> list[str]:
    """Return the ids of the images in a list, over all its pages."""
    ids: list[str] = []
    while True:
        response = chain.request("GET", "/images", params=query)
        assert response.status_code == 200, response.text
        ids += [image["image_id"] for image in response.json()["items"]]
        if not response.json()["next_cursor"]:
            return ids
        query["cursor"] = response.json()["next_cursor"]


@pytest.fixture(scope="module")
def images(chain: Chain, cat: bytes, coffee: bytes) -> dict[str, str]:
    """Upload a cat and a cup for the edge model, a cat for Rekognition, and a text; return their ids."""
    ids = {
        "cat": chain.by_bytes("cat.jpg", cat),
        "cup": chain.by_bytes("=cup.jpg", coffee),
        "boxed": chain.by_form("boxed.jpg", cat, detector="rekognition"),
        "text": chain.by_hand("found/no-picture.txt", b"These are no pixels either. " * 10),
    }
    for image_id in ids.values():
        chain.settled(image_id)
    wait_for(lambda: ids["boxed"] in found(chain, detector="rekognition") or None)
    return ids


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"label": "CAT"}, {"cat", "boxed"}),
        ({"label": "cat", "detector": "rekognition"}, {"boxed"}),
        ({"label": "cat", "min_confidence": "0.5"}, {"cat", "boxed"}),
        ({"label": "other", "min_confidence": "0.5"}, {"cup"}),
        ({"status": "rejected"}, {"text"}),
        ({"status": "recognized"}, {"cat", "cup", "boxed"}),
        ({"min_confidence": "0.9"}, {"cat", "cup", "boxed"}),
        ({"detector": "edge"}, {"cat", "cup"}),
        ({}, {"cat", "cup", "boxed", "text"}),
        ({"until": "2026-01-01"}, set()),
        ({"since": "2026-01-01", "label": "other"}, {"cup"}),
    ],
)
def test_images_are_found_by_their_detections(
    chain: Chain, images: dict[str, str], query: dict[str, str], names: set[str]
) -> None:
    listed = found(chain, **query)
    assert {name for name, image_id in images.items() if image_id in listed} == names
    assert listed == sorted(listed, reverse=True)
    assert found(chain, **query, limit="2")[: len(listed)] == listed


def test_a_cursor_is_valid_for_its_own_query_only(chain: Chain, images: dict[str, str]) -> None:
    cursor = chain.request("GET", "/images", params={"label": "cat", "limit": "1"}).json()["next_cursor"]
    assert chain.request("GET", "/images", params={"label": "cat", "limit": "5", "cursor": cursor}).status_code == 200
    others = [{"label": "other"}, {}, {"label": "cat", "detector": "edge"}]
    for other in others:
        response = chain.request("GET", "/images", params=other | {"cursor": cursor})
        assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def exported(chain: Chain, **query: str) -> tuple[dict[str, Any], requests.Response]:
    response = chain.request("GET", "/images/export", params=query)
    assert response.status_code == 200, response.text
    opened = requests.get(response.json()["url"], timeout=60)
    assert opened.status_code == 200
    return response.json(), opened


def test_an_export_as_csv_has_no_formula(chain: Chain, images: dict[str, str]) -> None:
    _, opened = exported(chain, format="csv", label="other")
    rows = list(csv.DictReader(io.StringIO(opened.content.decode("utf-8-sig"), newline="")))
    assert "'=cup.jpg" in {row["name"] for row in rows if row["image_id"] == images["cup"]}
    assert opened.headers["Content-Type"].startswith("text/csv")


def test_an_export_as_json_is_what_each_image_shows(chain: Chain, images: dict[str, str]) -> None:
    response, opened = exported(chain, format="json", label="cat")
    listed = {image["image_id"]: image for image in opened.json()}
    assert response["images"] == len(listed)
    shown = chain.settled(images["cat"])
    assert listed[images["cat"]]["recognition"] == shown["recognition"]


def test_pycocotools_reads_an_export_as_coco(chain: Chain, images: dict[str, str], tmp_path: Path) -> None:
    _, opened = exported(chain, format="coco", detector="rekognition")
    (tmp_path / "coco.json").write_bytes(opened.content)
    coco = COCO(tmp_path / "coco.json")
    (shown,) = [image for image in coco.loadImgs(coco.getImgIds()) if images["boxed"] in image["file_name"]]
    (seen,) = coco.loadAnns(coco.getAnnIds(imgIds=[shown["id"]]))
    assert coco.loadCats(seen["category_id"])[0]["name"] == "Cat"
    assert (shown["width"], shown["height"]) == (451, 300)
    assert seen["bbox"] == [45.1, 60, 225.5, 75]


def test_a_correction_is_stored_beside_the_recognition(chain: Chain, images: dict[str, str]) -> None:
    response = chain.request("POST", f"/images/{images['cup']}/corrections", json={"labels": ["cup", "čaj"]})
    assert response.status_code == 201
    shown = chain.settled(images["cup"])
    assert shown["corrections"][-1]["labels"] == ["cup", "čaj"]
    assert shown["recognition"]["detections"][0]["label"] == "other"
    response = chain.request("POST", f"/images/{images['cup']}/corrections", data=json.dumps({"labels": "cup"}))
    assert (response.status_code, response.json()["code"]) == (400, "invalid_labels")
