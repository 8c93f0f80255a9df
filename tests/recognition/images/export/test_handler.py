"""GET /images/export under moto: which images, in which file, and when it stops."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest
import requests
from PIL import Image as Picture

from domain.image import image_key
from domain.options import Options
from domain.recognition import Box, Detection, Mask, Model, Outcome, Recognition, Rejection
from recognition.images.runtime.export import export as exporting
from recognition.images.runtime.export.formats.json_file import JsonFile
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.builders import image
from tests.recognition.caller import ask, started
from tests.recognition.conftest import BUCKET, Account
from wire.aws import rows

EXPORT = "GET /images/export"
AT = "2026-11-20T17:00:01.000Z"
RING = Detection("ring", 0.9, Box(0.1, 0.2, 0.5, 0.7), mask=Mask(2, 2, "112"))


@pytest.fixture
def export(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return started("images.runtime.export.handler", monkeypatch)


def said(*detections: Detection, size: tuple[int, int] | None = (4, 4), detector: str = "edge") -> Recognition:
    return Recognition(detector, Model("m", "1"), detections, duration_ms=1, size=size)


def keep(account: Account, *outcomes: Outcome) -> list[Entry]:
    """Store each as the answer to a later image of ann's."""
    ids = [f"img_{n:032x}" for n in range(len(outcomes))]
    images = [image(f"{n}.jpg", image_id=image_id, owner="ann") for n, image_id in enumerate(ids)]
    entries = [Entry(each, outcome, AT, Options()) for each, outcome in zip(images, outcomes, strict=True)]
    rows.write(account.dynamodb, [rows.put("recognitions", entry.to_item()) for entry in entries])
    rows.write(account.dynamodb, [rows.put("index", row) for entry in entries for row in index_rows.rows(entry)])
    return entries


def opened(url: str) -> tuple[Mapping[str, str], str]:
    """Headers and text of what the link opens."""
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 200
    return answer.headers, answer.content.decode()


def exported(account: Account, export: ModuleType, **query: str) -> tuple[dict[str, Any], str]:
    status, answer = ask(export, EXPORT, query=query)
    assert status == 200, answer
    return answer, opened(answer["url"])[1]


def test_json_holds_every_image_whole(account: Account, export: ModuleType) -> None:
    keep(account, said(RING), Rejection("empty", "It is empty."))
    answer, text = exported(account, export, format="json")
    assert (answer["format"], answer["images"], answer["left_out"], answer["next_cursor"]) == ("json", 2, 0, None)
    rejected, ring = json.loads(text)
    assert (rejected["status"], ring["recognition"]["detections"]) == ("rejected", [RING.to_dict()])


def test_what_a_filter_finds_is_exported_whole_too(account: Account, export: ModuleType) -> None:
    keep(account, said(RING), said(Detection("cat", 0.9)))
    _, text = exported(account, export, format="json", label="ring")
    (ring,) = json.loads(text)
    assert ring["recognition"]["detections"][0]["mask"] == RING.to_dict()["mask"]


def test_csv_is_what_the_filters_and_options_say(account: Account, export: ModuleType) -> None:
    keep(account, said(Detection("cat", 0.9), Detection("dog", 0.8)), said(Detection("dog", 0.4)))
    _, text = exported(account, export, format="csv", label="dog", min_confidence="0.5", top_k="1")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["name"], row["label"]) == ("0.jpg", "cat")


def test_the_link_opens_a_file_with_a_name_and_a_type(account: Account, export: ModuleType) -> None:
    keep(account, said(RING))
    for form, name, kind in (
        ("csv", "sightline-csv.csv", "text/csv; charset=utf-8"),
        ("coco", "sightline-coco.json", "application/json"),
    ):
        headers, _ = opened(ask(export, EXPORT, query={"format": form})[1]["url"])
        assert name in headers["Content-Disposition"]
        assert headers["Content-Type"] == kind


def test_files_lie_under_their_owner_where_they_expire(account: Account, export: ModuleType) -> None:
    for _ in range(2):
        ask(export, EXPORT, query={"format": "csv"})
    keys = [each["Key"] for each in account.s3.list_objects_v2(Bucket="derived")["Contents"]]
    assert len(keys) == 2
    assert all(key.startswith("exports/ann/exp_") for key in keys)


def test_nothing_of_another_owner_is_exported(account: Account, export: ModuleType) -> None:
    keep(account, said(RING))
    status, answer = ask(export, EXPORT, query={"format": "json"}, owner="bob")
    assert (status, answer["images"]) == (200, 0)


def test_coco_reads_the_sizes_that_rekognition_does_not_tell(account: Account, export: ModuleType) -> None:
    boxed = Detection("cat", 0.9, Box(0.1, 0.2, 0.5, 0.5))
    keep(account, *[said(boxed, size=None, detector="rekognition")] * 3)
    body = io.BytesIO()
    exif = Picture.Exif()
    exif[0x0112] = 6
    Picture.new("RGB", (200, 100)).save(body, "JPEG", exif=exif.tobytes())
    for n, stored in enumerate((body.getvalue(), b"no picture")):
        account.s3.put_object(Bucket=BUCKET, Key=image_key("ann", f"img_{n:032x}", f"{n}.jpg"), Body=stored)
    unversioned(account)
    answer, text = exported(account, export, format="coco")
    assert (answer["images"], answer["left_out"]) == (1, 2)
    coco = json.loads(text)
    assert (coco["images"][0]["width"], coco["images"][0]["height"]) == (100, 200)
    assert coco["annotations"][0]["bbox"] == [10, 40, 50, 100]


def unversioned(account: Account) -> None:
    """Let the kept images mean whatever version lies there."""
    for row in account.rows():
        row["said"]["S"] = row["said"]["S"].replace('"version":"v1"', '"version":"null"')
        account.dynamodb.put_item(TableName="recognitions", Item=row)


def test_a_long_export_goes_on_where_it_stopped(
    account: Account, export: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    keep(account, *[said(Detection("cat", 0.9))] * 5)
    names: list[str] = []
    query, counts = {"format": "json", "limit": "3", "label": "cat"}, []
    while True:
        answer, text = exported(account, export, **query)
        names += [each["name"] for each in json.loads(text)]
        counts.append(answer["images"])
        if not answer["next_cursor"]:
            break
        query["cursor"] = answer["next_cursor"]
    assert names == ["4.jpg", "3.jpg", "2.jpg", "1.jpg", "0.jpg"]
    assert counts == [3, 2]


def pages(entries: list[Entry]) -> Callable[[int, str | None], exporting.Page]:
    """As Search pages, without a table."""
    newest = sorted(entries, key=lambda each: each.image.image_id, reverse=True)

    def page(limit: int, after: str | None) -> exporting.Page:
        left = [each for each in newest if after is None or each.image.image_id < after]
        return left[:limit], left[limit - 1].image.image_id if len(left) > limit else None

    return page


def test_an_export_ends_when_the_caller_has_waited_enough_or_it_is_long_enough(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = keep(account, *[said(Detection("cat", 0.9))] * 5)
    patience = iter([False, False, True])
    file = JsonFile()
    last = exporting.fill(file, Options(), 100, None, pages(entries), lambda: next(patience))
    assert (file.images, last) == (3, entries[2].image.image_id)
    rest = JsonFile()
    assert exporting.fill(rest, Options(), 100, last, pages(entries), lambda: False) is None
    assert rest.images == 2
    monkeypatch.setattr(exporting, "MOST_CHARACTERS", 1)
    short = JsonFile()
    assert exporting.fill(short, Options(), 100, None, pages(entries), lambda: False) == entries[4].image.image_id
    assert short.images == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "invalid_format"),
        ({"format": "xml"}, "invalid_format"),
        ({"format": "csv", "limit": "10001"}, "invalid_limit"),
        ({"format": "csv", "label": ""}, "invalid_label"),
        ({"format": "csv", "cursor": "x"}, "invalid_cursor"),
        ({"format": "csv", "colour": "red"}, "unknown_parameter"),
    ],
)
def test_an_export_that_makes_no_sense_says_why(export: ModuleType, query: dict[str, str], code: str) -> None:
    status, problem = ask(export, EXPORT, query=query)
    assert (status, problem["code"]) == (400, code)


def test_a_list_s_cursor_is_none_of_an_export(account: Account, export: ModuleType, images: ModuleType) -> None:
    keep(account, *[said(RING)] * 2)
    cursor = ask(images, "GET /images", query={"limit": "1"})[1]["next_cursor"]
    assert ask(export, EXPORT, query={"format": "csv", "cursor": cursor})[1]["code"] == "invalid_cursor"
