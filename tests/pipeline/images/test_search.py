"""Through the deployed app: images found again by what was seen on them, exported, corrected."""

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
    """The ids of the images a list answers with, over all its pages."""
    ids: list[str] = []
    while True:
        answer = chain.ask("GET", "/images", params=query)
        assert answer.status_code == 200, answer.text
        ids += [image["image_id"] for image in answer.json()["items"]]
        if not answer.json()["next_cursor"]:
            return ids
        query["cursor"] = answer.json()["next_cursor"]


@pytest.fixture(scope="module")
def images(chain: Chain, cat: bytes, coffee: bytes) -> dict[str, str]:
    """A cat by the edge model, a cup, a Cat by Rekognition with a box, and something that is no picture."""
    made = {
        "cat": chain.by_bytes("cat.jpg", cat),
        "cup": chain.by_bytes("=cup.jpg", coffee),
        "boxed": chain.by_form("boxed.jpg", cat, detector="rekognition"),
        "text": chain.by_hand("found/no-picture.txt", b"These are no pixels either. " * 10),
    }
    for image_id in made.values():
        chain.settled(image_id)
    wait_for(lambda: made["boxed"] in found(chain, detector="rekognition") or None)
    return made


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
def test_images_are_found_by_what_was_seen(
    chain: Chain, images: dict[str, str], query: dict[str, str], names: set[str]
) -> None:
    listed = found(chain, **query)
    assert {name for name, image_id in images.items() if image_id in listed} == names
    assert listed == sorted(listed, reverse=True)
    assert found(chain, **query, limit="2")[: len(listed)] == listed


def test_a_cursor_is_good_for_its_own_question_only(chain: Chain, images: dict[str, str]) -> None:
    cursor = chain.ask("GET", "/images", params={"label": "cat", "limit": "1"}).json()["next_cursor"]
    assert chain.ask("GET", "/images", params={"label": "cat", "limit": "5", "cursor": cursor}).status_code == 200
    others = [{"label": "other"}, {}, {"label": "cat", "detector": "edge"}]
    for other in others:
        answer = chain.ask("GET", "/images", params=other | {"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def exported(chain: Chain, **query: str) -> tuple[dict[str, Any], requests.Response]:
    answer = chain.ask("GET", "/images/export", params=query)
    assert answer.status_code == 200, answer.text
    opened = requests.get(answer.json()["url"], timeout=30)
    assert opened.status_code == 200
    return answer.json(), opened


def test_an_export_as_csv_has_no_formula(chain: Chain, images: dict[str, str]) -> None:
    _, opened = exported(chain, format="csv", label="other")
    rows = list(csv.DictReader(io.StringIO(opened.content.decode(), newline="")))
    assert "'=cup.jpg" in {row["name"] for row in rows if row["image_id"] == images["cup"]}
    assert opened.headers["Content-Type"].startswith("text/csv")


def test_an_export_as_json_is_what_each_image_shows(chain: Chain, images: dict[str, str]) -> None:
    answer, opened = exported(chain, format="json", label="cat")
    listed = {image["image_id"]: image for image in opened.json()}
    assert answer["images"] == len(listed)
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


def test_a_person_s_answer_stands_beside_the_model_s(chain: Chain, images: dict[str, str]) -> None:
    answer = chain.ask("POST", f"/images/{images['cup']}/corrections", json={"labels": ["cup", "čaj"]})
    assert answer.status_code == 201
    shown = chain.settled(images["cup"])
    assert shown["corrections"][-1]["labels"] == ["cup", "čaj"]
    assert shown["recognition"]["detections"][0]["label"] == "other"
    answer = chain.ask("POST", f"/images/{images['cup']}/corrections", data=json.dumps({"labels": "cup"}))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_labels")
