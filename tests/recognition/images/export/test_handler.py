"""GET /images/export under moto: the images, the file, and the end of an export."""

import csv
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import requests
from PIL import Image as Picture

from domain.image import image_key
from domain.options import Options
from domain.recognition import Box, Detection, Mask, Model, Outcome, Recognition, Rejection
from recognition.images.runtime.export import export as export_module
from recognition.images.runtime.export.export import Export
from recognition.images.runtime.export.formats.json_file import JsonFile
from recognition.images.runtime.search import Page
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.builders import image
from tests.recognition.caller import call, started
from tests.recognition.conftest import BUCKET, Account
from wire.aws import rows

EXPORT = "GET /images/export"
AT = "2026-11-20T17:00:01.000Z"
RING = Detection("ring", 0.9, Box(0.1, 0.2, 0.5, 0.7), mask=Mask(2, 2, "112"))


@pytest.fixture
def export(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = started("images.runtime.export.handler", monkeypatch)
    monkeypatch.setattr(module, "SECONDS", math.inf)  # so that a slow machine exports as much
    return module


def recognized(*detections: Detection, size: tuple[int, int] | None = (4, 4), detector: str = "edge") -> Recognition:
    return Recognition(detector, Model("m", "1"), detections, duration_ms=1, size=size)


def store(account: Account, *outcomes: Outcome) -> list[Entry]:
    """Store each outcome for a later image of ann's."""
    ids = [f"img_{n:032x}" for n in range(len(outcomes))]
    images = [image(f"{n}.jpg", image_id=image_id, owner="ann") for n, image_id in enumerate(ids)]
    entries = [Entry(stored, outcome, AT, Options()) for stored, outcome in zip(images, outcomes, strict=True)]
    rows.write(account.dynamodb, [rows.put("recognitions", entry.to_item()) for entry in entries])
    rows.write(account.dynamodb, [rows.put("index", row) for entry in entries for row in index_rows.rows(entry)])
    return entries


def opened(url: str) -> tuple[Mapping[str, str], str]:
    """Return headers and text of the linked file."""
    response = requests.get(url, timeout=60)
    assert response.status_code == 200
    return response.headers, response.content.decode()


def exported(account: Account, export: ModuleType, **query: str) -> tuple[dict[str, Any], str]:
    status, body = call(export, EXPORT, query=query)
    assert status == 200, body
    return body, opened(body["url"])[1]


def test_json_has_every_image_with_its_mask(account: Account, export: ModuleType) -> None:
    store(account, recognized(RING), Rejection("empty", "It is empty."))
    body, text = exported(account, export, format="json")
    assert (body["format"], body["images"], body["left_out"], body["next_cursor"]) == ("json", 2, 0, None)
    rejected, ring = json.loads(text)
    assert (rejected["status"], ring["recognition"]["detections"]) == ("rejected", [RING.to_dict()])


def test_filtered_images_are_exported_with_their_masks(account: Account, export: ModuleType) -> None:
    store(account, recognized(RING), recognized(Detection("cat", 0.9)))
    _, text = exported(account, export, format="json", label="ring")
    (ring,) = json.loads(text)
    assert ring["recognition"]["detections"][0]["mask"] == RING.to_dict()["mask"]


def test_csv_has_the_rows_that_filters_and_options_select(account: Account, export: ModuleType) -> None:
    store(account, recognized(Detection("cat", 0.9), Detection("dog", 0.8)), recognized(Detection("dog", 0.4)))
    _, text = exported(account, export, format="csv", label="dog", min_confidence="0.5", top_k="1")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert (row["name"], row["label"]) == ("0.jpg", "cat")


def test_the_link_opens_a_file_with_a_name_and_a_type(account: Account, export: ModuleType) -> None:
    store(account, recognized(RING))
    for file_format, name, content_type in (
        ("csv", "sightline-csv.csv", "text/csv; charset=utf-8"),
        ("coco", "sightline-coco.json", "application/json"),
    ):
        headers, _ = opened(call(export, EXPORT, query={"format": file_format})[1]["url"])
        assert name in headers["Content-Disposition"]
        assert headers["Content-Type"] == content_type


def test_the_key_of_a_file_has_its_owner_and_the_prefix_that_expires(account: Account, export: ModuleType) -> None:
    for _ in range(2):
        call(export, EXPORT, query={"format": "csv"})
    keys = [stored["Key"] for stored in account.s3.list_objects_v2(Bucket="derived")["Contents"]]
    assert len(keys) == 2
    assert all(key.startswith("exports/ann/exp_") for key in keys)


def test_nothing_of_another_owner_is_exported(account: Account, export: ModuleType) -> None:
    store(account, recognized(RING))
    status, body = call(export, EXPORT, query={"format": "json"}, owner="bob")
    assert (status, body["images"]) == (200, 0)


def test_coco_reads_the_sizes_that_rekognition_does_not_return(account: Account, export: ModuleType) -> None:
    boxed = Detection("cat", 0.9, Box(0.1, 0.2, 0.5, 0.5))
    store(account, *[recognized(boxed, size=None, detector="rekognition")] * 3)
    file = io.BytesIO()
    exif = Picture.Exif()
    exif[0x0112] = 6
    Picture.new("RGB", (200, 100)).save(file, "JPEG", exif=exif.tobytes())
    for n, stored in enumerate((file.getvalue(), b"no picture")):
        account.s3.put_object(Bucket=BUCKET, Key=image_key("ann", f"img_{n:032x}", f"{n}.jpg"), Body=stored)
    unversioned(account)
    body, text = exported(account, export, format="coco")
    assert (body["images"], body["left_out"]) == (1, 2)
    coco = json.loads(text)
    assert (coco["images"][0]["width"], coco["images"][0]["height"]) == (100, 200)
    assert coco["annotations"][0]["bbox"] == [10, 40, 50, 100]


def unversioned(account: Account) -> None:
    """Have the stored entries refer to the only version of their objects."""
    for entry in account.entries():
        unversioned = replace(entry, image=replace(entry.image, version="null"))
        account.dynamodb.put_item(TableName="recognitions", Item=unversioned.to_item())


def test_a_long_export_continues_where_it_stopped(
    account: Account, export: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "_PAGE_SIZE", 2)
    store(account, *[recognized(Detection("cat", 0.9))] * 5)
    names: list[str] = []
    query, counts = {"format": "json", "limit": "3", "label": "cat"}, []
    while True:
        body, text = exported(account, export, **query)
        names += [shown["name"] for shown in json.loads(text)]
        counts.append(body["images"])
        if not body["next_cursor"]:
            break
        query["cursor"] = body["next_cursor"]
    assert names == ["4.jpg", "3.jpg", "2.jpg", "1.jpg", "0.jpg"]
    assert counts == [3, 2]


def pages(entries: list[Entry]) -> Callable[[int, str | None], Page]:
    """Return a function that pages like Search, without a table."""
    newest = sorted(entries, key=lambda entry: entry.image.image_id, reverse=True)

    def page(limit: int, after: str | None) -> Page:
        left = [entry for entry in newest if after is None or entry.image.image_id < after]
        return Page(left[:limit], left[limit - 1].image.image_id if len(left) > limit else None)

    return page


def test_an_export_ends_when_time_is_up_or_the_file_is_long_enough(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = store(account, *[recognized(Detection("cat", 0.9))] * 5)
    time_is_up = iter([False, False, True])
    file = JsonFile()
    last = Export(Options(), 100, lambda: next(time_is_up)).fill(file, pages(entries), None)
    assert (file.images, last) == (3, entries[2].image.image_id)
    rest = JsonFile()
    assert Export(Options(), 100, lambda: False).fill(rest, pages(entries), last) is None
    assert rest.images == 2
    monkeypatch.setattr(export_module, "MOST_CHARACTERS", 1)
    short = JsonFile()
    assert Export(Options(), 100, lambda: False).fill(short, pages(entries), None) == entries[4].image.image_id
    assert short.images == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "invalid_format"),
        ({"format": "xml"}, "invalid_format"),
        ({"format": "csv", "limit": "10001"}, "invalid_limit"),
        ({"format": "csv", "label": ""}, "invalid_label"),
        ({"format": "csv", "cursor": "x"}, "invalid_cursor"),
        ({"format": "csv", "color": "red"}, "unknown_parameter"),
    ],
)
def test_an_invalid_query_is_refused(export: ModuleType, query: dict[str, str], code: str) -> None:
    status, problem = call(export, EXPORT, query=query)
    assert (status, problem["code"]) == (400, code)


def test_the_cursor_of_a_list_is_no_cursor_of_an_export(
    account: Account, export: ModuleType, images: ModuleType
) -> None:
    store(account, *[recognized(RING)] * 2)
    cursor = call(images, "GET /images", query={"limit": "1"})[1]["next_cursor"]
    assert call(export, EXPORT, query={"format": "csv", "cursor": cursor})[1]["code"] == "invalid_cursor"
