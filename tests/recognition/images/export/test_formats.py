"""The formats of an export, read with the usual readers: pycocotools, csv, json."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Picture
from pycocotools.coco import COCO

from domain.options import Options
from domain.recognition import Box, Detection, Mask, Model, Outcome, Recognition, Rejection
from edge_ml.inference.masks.run_length_encoding import encode_mask
from recognition.images.runtime.export.formats.coco_file import CocoFile
from recognition.images.runtime.export.formats.csv_file import CsvFile
from recognition.images.runtime.export.formats.export_file import ExportFile
from recognition.images.runtime.export.formats.json_file import JsonFile
from recognition.images.runtime.export.formats.upright_size import upright_size
from recognition.results.runtime.entry import Entry
from tests.builders import image

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
"""pycocotools 2.0.11 uses an interface of NumPy before 2.0."""

AT = "2026-11-20T17:00:01.000Z"
SIZE = (640, 480)
SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
HOLE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))


def entry(outcome: Outcome, n: int = 0, name: str = "cat.jpg", **more: Any) -> Entry:
    return Entry(image(name, image_id=f"img_{n:032x}", owner="ann"), outcome, AT, Options(), **more)


def recognized(*detections: Detection, size: tuple[int, int] | None = SIZE) -> Recognition:
    return Recognition("edge", Model("mine", "1.1.0", "abc"), detections, duration_ms=7, size=size)


def text_of(file: ExportFile, *entries: Entry) -> str:
    for entry in entries:
        file.add(entry, entry.to_dict())
    return file.text()


def loaded(tmp_path: Path, *entries: Entry) -> COCO:
    """Return the file as pycocotools reads it."""
    path = tmp_path / "coco.json"
    path.write_text(text_of(CocoFile(), *entries))
    return COCO(path)


def ring(height: int, width: int) -> NDArray[np.bool_]:
    """Return a ring, (height, width) bool: runs of many lengths, and a hole."""
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(y - 0.6 * height, x - 0.4 * width)
    inside: NDArray[np.bool_] = (distance < 0.35 * height) & (distance > 0.1 * height)
    return inside


def masked(inside: NDArray[np.bool_]) -> Mask:
    return Mask.from_dict(dict(encode_mask(inside)))


def nearest(inside: NDArray[np.bool_], width: int, height: int) -> NDArray[np.bool_]:
    """Return a mask, (height, width) bool, whose pixels equal those at the same position of the bool mask `inside`."""
    rows, columns = inside.shape
    found: NDArray[np.bool_] = inside[np.arange(height) * rows // height][:, np.arange(width) * columns // width]
    return found


def test_a_box_is_an_annotation_in_pixels(tmp_path: Path) -> None:
    coco = loaded(tmp_path, entry(recognized(Detection("dog", 0.8, Box(0.1, 0.2, 0.5, 0.25)))))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert annotation["bbox"] == [64, 96, 320, 120]
    assert (annotation["area"], annotation["score"], annotation["iscrowd"]) == (320 * 120, 0.8, 0)
    assert coco.loadCats(annotation["category_id"])[0]["name"] == "dog"
    (shown,) = coco.loadImgs(annotation["image_id"])
    assert (shown["width"], shown["height"], shown["file_name"]) == (640, 480, f"img_{0:032x}/cat.jpg")


def test_a_mask_is_polygons_around_its_pixels(tmp_path: Path) -> None:
    inside = ring(60, 80)
    coco = loaded(tmp_path, entry(recognized(Detection("ring", 0.8, Box(0.1, 0.2, 0.5, 0.7), mask=masked(inside)))))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    (polygon,) = annotation["segmentation"]
    assert (len(polygon) >= 6, annotation["iscrowd"]) == (True, 0)
    found = coco.annToMask(annotation).astype(bool)
    assert (found == nearest(inside, *SIZE)).all()
    assert annotation["area"] == found.sum()


def test_an_outline_is_what_the_polygons_show_where_there_is_a_mask_too(tmp_path: Path) -> None:
    square = Detection("square", 0.9, Box(0.25, 0.25, 0.5, 0.5), (SQUARE,), masked(ring(60, 80)))
    coco = loaded(tmp_path, entry(recognized(square)))
    assert coco.loadAnns(coco.getAnnIds())[0]["segmentation"] == [[160, 120, 480, 120, 480, 360, 160, 360]]


def test_a_hole_is_no_part_of_an_annotation(tmp_path: Path) -> None:
    square = Detection("square", 0.9, Box(0.25, 0.25, 0.5, 0.5), outline=(SQUARE, HOLE))
    coco = loaded(tmp_path, entry(recognized(square)))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert len(annotation["segmentation"]) == 1
    assert annotation["area"] == pytest.approx(320 * 240 - 128 * 96)
    found = coco.annToMask(annotation)
    assert found.sum() == pytest.approx(annotation["area"], rel=0.001)
    assert (found[240, 320], found[130, 170]) == (0, 1)


def test_pieces_islands_and_several_holes_are_shown(tmp_path: Path) -> None:
    outline = (
        ((0.1, 0.1), (0.6, 0.1), (0.6, 0.9), (0.1, 0.9)),
        ((0.2, 0.2), (0.5, 0.2), (0.5, 0.5), (0.2, 0.5)),
        ((0.7, 0.1), (0.9, 0.1), (0.8, 0.5)),
        ((0.2, 0.6), (0.2, 0.8), (0.5, 0.8), (0.5, 0.6)),
        ((0.3, 0.3), (0.4, 0.3), (0.4, 0.4), (0.3, 0.4)),
    )
    coco = loaded(tmp_path, entry(recognized(Detection("letter", 0.9, outline=outline))))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert len(annotation["segmentation"]) == 3
    found = coco.annToMask(annotation)
    assert [found[int(y * 480), int(x * 640)] for x, y in ((0.15, 0.5), (0.25, 0.25), (0.35, 0.35), (0.35, 0.7))] == [
        1, 0, 1, 0,
    ]  # fmt: skip
    assert found.sum() == pytest.approx(annotation["area"], rel=0.01)
    assert annotation["area"] == pytest.approx(640 * 480 * (0.4 - 0.09 + 0.04 - 0.06 + 0.01))


def test_an_outline_without_a_box_has_the_box_around_it(tmp_path: Path) -> None:
    coco = loaded(tmp_path, entry(recognized(Detection("square", 0.9, outline=(SQUARE,)))))
    assert coco.loadAnns(coco.getAnnIds())[0]["bbox"] == [160, 120, 320, 240]


def test_a_detection_without_a_position_is_a_label_of_the_image(tmp_path: Path) -> None:
    coco = loaded(tmp_path, entry(recognized(Detection("cat", 0.97)), corrections=({"labels": ["lynx"], "at": AT},)))
    assert coco.getAnnIds() == []
    (shown,) = coco.loadImgs(coco.getImgIds())
    assert shown["labels"] == [{"label": "cat", "score": 0.97}]
    assert shown["corrections"] == [{"labels": ["lynx"], "at": AT}]


def test_ids_and_categories_are_the_same_throughout_a_file(tmp_path: Path) -> None:
    box = Box(0, 0, 1, 1)
    both = recognized(Detection("cat", 0.9, box), Detection("dog", 0.8, box))
    coco = loaded(tmp_path, entry(both), entry(recognized(Detection("dog", 0.7, box)), 1), entry(recognized(), 2))
    assert sorted(coco.getImgIds()) == [1, 2, 3]
    assert sorted(coco.getAnnIds()) == [1, 2, 3]
    assert {category["name"] for category in coco.loadCats(coco.getCatIds())} == {"cat", "dog"}
    assert len(coco.getAnnIds(catIds=coco.getCatIds(catNms=["dog"]))) == 2
    assert len(coco.getAnnIds(imgIds=[2])) == 1


def test_pycocotools_finds_a_file_equal_to_itself(tmp_path: Path) -> None:
    from pycocotools.cocoeval import COCOeval

    coco = loaded(
        tmp_path, entry(recognized(Detection("ring", 0.8, Box(0.1, 0.2, 0.5, 0.7), mask=masked(ring(60, 80)))))
    )
    for kind in ("bbox", "segm"):
        evaluated = COCOeval(coco, coco.loadRes(coco.loadAnns(coco.getAnnIds())), kind)
        evaluated.evaluate()
        evaluated.accumulate()
        evaluated.summarize()
        assert evaluated.stats[0] == pytest.approx(1.0)


def test_coco_leaves_out_and_counts_images_that_are_rejected_or_have_no_size() -> None:
    file = CocoFile()
    text = text_of(
        file, entry(Rejection("empty", "It is empty.")), entry(recognized(Detection("a", 1.0), size=None), 1)
    )
    assert (file.images, file.left_out, json.loads(text)["images"]) == (0, 2, [])


@pytest.mark.parametrize("shape", [(7, 5), (12, 16), (1, 1), (3, 9)])
def test_the_polygons_of_a_mask_cover_its_pixels_and_no_other(tmp_path: Path, shape: tuple[int, int]) -> None:
    """Pixels that touch at a corner, holes at the edge, specks: all masks keep their pixels at three times the size."""
    random = np.random.default_rng(0)
    height, width = shape
    masks = (random.random(shape) < 0.5, ring(*shape), np.ones(shape, bool), np.eye(*shape, dtype=bool))
    for inside in filter(np.any, masks):
        shown = recognized(Detection("region", 0.5, mask=masked(inside)), size=(3 * width, 3 * height))
        coco = loaded(tmp_path, entry(shown))
        (annotation,) = coco.loadAnns(coco.getAnnIds())
        assert annotation["area"] == 9 * inside.sum()
        assert (coco.annToMask(annotation).astype(bool) == np.kron(inside, np.ones((3, 3), bool))).all()


def test_a_mask_of_noise_keeps_its_largest_lines(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).random((120, 160)) < 0.5
    coco = loaded(tmp_path, entry(recognized(Detection("noise", 0.5, mask=masked(noise)))))
    assert len(coco.loadAnns(coco.getAnnIds())[0]["segmentation"]) <= 200


def test_an_empty_mask_is_no_annotation(tmp_path: Path) -> None:
    nothing = Detection("region", 0.5, mask=masked(np.zeros((4, 4), bool)))
    assert loaded(tmp_path, entry(recognized(nothing))).getAnnIds() == []


@pytest.mark.parametrize("outline", [(), (((0.1, 0.1), (0.2, 0.2)),)])
def test_every_annotation_has_polygons_with_three_points_or_more(tmp_path: Path, outline: Any) -> None:
    coco = loaded(tmp_path, entry(recognized(Detection("dog", 0.8, Box(0.1, 0.2, 0.5, 0.25), outline))))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert annotation["segmentation"] == [[64, 96, 384, 96, 384, 216, 64, 216]]
    assert coco.annToMask(annotation).sum() == annotation["area"] == 320 * 120


def rows(*entries: Entry) -> list[dict[str, str]]:
    text = text_of(CsvFile(), *entries).encode().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_row_per_detection_and_one_for_an_image_without() -> None:
    both = recognized(Detection("cat", 0.97, Box(0.1, 0.2, 0.3, 0.4)), Detection("dog", 0.2))
    found = rows(entry(both), entry(recognized(), 1), entry(Rejection("empty", "It is empty."), 2))
    assert [(row["image_id"][-1], row["label"], row["confidence"]) for row in found] == [
        ("0", "cat", "0.97"), ("0", "dog", "0.2"), ("1", "", ""), ("2", "", ""),
    ]  # fmt: skip
    assert [found[0][side] for side in ("left", "top", "width", "height")] == ["0.1", "0.2", "0.3", "0.4"]
    assert (found[0]["model"], found[0]["model_version"], found[0]["detector"]) == ("mine", "1.1.0", "edge")
    assert (found[3]["status"], found[3]["rejection"], found[3]["answered_at"]) == ("rejected", "empty", AT)


@pytest.mark.parametrize(
    "name",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", " =1", '=HYPERLINK("http://evil.example","x")', "＝1", "＋1", "－1", "＠x",
        "\tcat", "\rcat", "\ncat", "\u00a0=1", "\ufeff=1", "\u200b=1", "\x00=1", '"=1', '" =1', "﹦1",
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(name: str) -> None:
    cat = entry(recognized(Detection(name, 0.5)), name=name, corrections=({"labels": [name], "at": AT},))
    (row,) = rows(cat)
    assert row["name"] == row["label"] == row["corrected_labels"] == f"'{name}"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("cat;=1", "cat;'=1"),
        (";=1", ";'=1"),
        ("a; =1;+1;-1;@x", "a; '=1;'+1;'-1;'@x"),
        ('a;"=1', "a;\"'=1"),
        ("a\t=1", "a\t'=1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("\t\t=1", "'\t\t'=1"),
        ("\r\n\t@x", "'\r\n\t'@x"),
        (" \t=1", " \t'=1"),
        ("a,=1", "a,'=1"),
        ("a, +1,-1", "a, '+1,'-1"),
        ("a;\u200b=1", "a;\u200b'=1"),
        ("a\u2028=1", "a\u2028'=1"),
        ("a\r\n=1", "a\r\n'=1"),
        ("a;＝1", "a;'＝1"),
    ],
)
def test_no_part_of_a_cell_is_a_formula_for_another_separator(name: str, cell: str) -> None:
    cat = entry(recognized(Detection(name, 0.5)), name=name, corrections=({"labels": [name], "at": AT},))
    (row,) = rows(cat)
    assert row["name"] == row["label"] == row["corrected_labels"] == cell
    for separator in (",", ";", "\t"):
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            text = io.StringIO(text_of(CsvFile(), cat), newline="")
            read = csv.reader(text, delimiter=separator, quoting=quoting)
            parts = [part.strip(' "\t\r\n\u200b') for line in read for part in line]
            assert not [part for part in parts if part.startswith(("=", "+", "-", "@", "＝"))]


def test_two_corrections_make_no_formula_together() -> None:
    (row,) = rows(entry(recognized(), corrections=({"labels": ["lynx", "=1"], "at": AT},)))
    assert row["corrected_labels"] == "lynx; '=1"


def test_csv_begins_with_the_byte_order_mark_of_utf_8() -> None:
    assert (
        text_of(CsvFile(), entry(recognized(Detection("Kätzchen", 0.5)))).encode().startswith(b"\xef\xbb\xbfimage_id")
    )


@pytest.mark.parametrize("name", ["a,b", 'a"b', "a\nb", "a;b", "č 猫", "100%", "a=b"])
def test_other_names_come_back_from_csv_as_they_were(name: str) -> None:
    assert rows(entry(recognized(Detection(name, 0.5)), name=name))[0]["name"] == name


def test_a_negative_number_stays_a_number() -> None:
    assert rows(entry(recognized(Detection("cat", 0.5, Box(-0.01, 0, 1, 1)))))[0]["left"] == "-0.01"


def test_json_has_everything() -> None:
    detection = Detection("ring", 0.8, Box(0.1, 0.2, 0.5, 0.7), (SQUARE,), masked(ring(6, 8)))
    (shown,) = json.loads(text_of(JsonFile(), entry(recognized(detection), corrections=({"labels": [], "at": AT},))))
    assert shown["recognition"]["detections"] == [detection.to_dict()]
    assert shown["corrections"] == [{"labels": [], "at": AT}]
    assert json.loads(JsonFile().text()) == []


def stored(kind: str, size: tuple[int, int], **more: Any) -> bytes:
    file = io.BytesIO()
    Picture.new("RGB", size).save(file, kind, **more)
    return file.getvalue()


def rotated(orientation: int, order: bytes = b"MM") -> bytes:
    exif = Picture.Exif()
    exif[0x010F], exif[0x0112] = "Maker", orientation
    exif.endian = ">" if order == b"MM" else "<"
    return exif.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_s_size_is_that_of_the_upright_picture(orientation: int) -> None:
    upright = (300, 200) if orientation < 5 else (200, 300)
    assert upright_size(stored("JPEG", (300, 200), exif=rotated(orientation))) == upright


@pytest.mark.parametrize(
    ("kind", "more"),
    [("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("JPEG", {"icc_profile": b"x" * 90_000})],
)
def test_the_first_bytes_contain_the_size(kind: str, more: dict[str, Any]) -> None:
    assert upright_size(stored(kind, (300, 200), **more)[:131_072]) == (300, 200)


def test_incomplete_or_other_bytes_have_no_size() -> None:
    whole = stored("JPEG", (300, 200), exif=rotated(6))
    sizes = {upright_size(whole[:length]) for length in range(len(whole))}
    assert sizes == {None, (200, 300)}
    for other in (
        b"",
        b"GIF89a",
        stored("GIF", (3, 2)),
        stored("WEBP", (3, 2)),
        b"\xff\xd8" + b"\xff" * 50,
        b"\xff\xd8\xff\xe1\0\x02",
    ):
        assert upright_size(other) is None


def test_corrections_are_no_part_of_the_json_form() -> None:
    plain = entry(recognized(Detection("cat", 0.9)))
    assert replace(plain, corrections=({"labels": ["dog"], "at": AT},)).to_dict() == plain.to_dict()
