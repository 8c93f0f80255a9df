from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_ml.derived.annotation import Annotation, label_text
from edge_ml.derived.colors import label_color

GRAY = (128, 128, 128)
BOX = {"left": 0.25, "top": 0.25, "width": 0.5, "height": 0.5}


def seen(label: str = "cat", confidence: float = 0.9, **where: Any) -> Any:
    return {"label": label, "confidence": confidence} | where


def drawn(*detections: Any, size: tuple[int, int] = (800, 600)) -> Image.Image:
    picture = Image.new("RGB", size, GRAY)
    Annotation(picture).draw(detections)
    return picture


def colored(picture: Image.Image, label: str) -> tuple[int, int, int, int] | None:
    """Return the bounding box of the label's color: left, top, right, bottom."""
    same = (np.asarray(picture) == label_color(label)).all(axis=2)
    return Image.fromarray(same).getbbox()


def test_a_box_is_drawn_around_the_object_and_its_inside_stays() -> None:
    picture = drawn(seen(box=BOX))
    assert colored(picture, "cat") is not None
    for at in ((200, 300), (599, 300), (400, 449)):
        assert picture.getpixel(at) == label_color("cat")
    assert picture.getpixel((400, 300)) == GRAY


def test_a_label_has_a_background_of_its_color() -> None:
    _, top, _, _ = colored(drawn(seen(box=BOX)), "cat") or (0, 600, 0, 0)
    assert 100 < top < 150 - 14  # a line of letters above the box, which begins at 150


@pytest.mark.parametrize("size", [(640, 480), (1600, 1200), (1600, 24), (24, 1600), (640, 640)])
def test_letters_and_lines_grow_with_the_picture_and_stay_inside(size: tuple[int, int]) -> None:
    picture = drawn(seen(box={"left": 0, "top": 0, "width": 1, "height": 1}), size=size)
    assert picture.size == size
    assert colored(picture, "cat") is not None


def test_a_large_picture_has_thicker_lines() -> None:
    def thickness(side: int) -> int:
        picture = drawn(seen(box=BOX), size=(side, side))
        row = np.asarray(picture)[side // 2, : side // 2]
        return int((row == label_color("cat")).all(axis=1).sum())

    assert thickness(1600) > thickness(640) >= 2


def test_an_outline_is_drawn_and_its_inside_is_tinted() -> None:
    triangle = [[[0.2, 0.8], [0.5, 0.2], [0.8, 0.8]]]
    picture = drawn(seen(outline=triangle))
    assert picture.getpixel((400, 479)) == label_color("cat")
    inside, outside = picture.getpixel((400, 400)), picture.getpixel((200, 200))
    assert inside not in (GRAY, label_color("cat"))
    assert outside == GRAY


def test_detections_without_a_place_are_captions() -> None:
    left, top, right, bottom = colored(drawn(seen(), seen("dog", 0.05)), "cat") or (0, 0, 0, 0)
    assert left < 20
    assert right < 300
    assert 400 < top < bottom < 600


def test_a_caption_has_five_lines_at_most() -> None:
    picture = drawn(*(seen(f"label {n}", 0.2) for n in range(8)))
    assert [colored(picture, f"label {n}") is not None for n in range(8)] == [True] * 5 + [False] * 3


def test_the_best_detection_lies_on_top() -> None:
    picture = drawn(seen("cat", box=BOX), seen("dog", 0.4, box=BOX))
    assert picture.getpixel((200, 400)) == label_color("cat")


def test_values_beyond_the_picture_are_drawn_at_its_edge() -> None:
    picture = drawn(seen(box={"left": -0.5, "top": -0.5, "width": 2, "height": 2}))
    assert picture.getpixel((0, 300)) == picture.getpixel((799, 300)) == label_color("cat")


def test_an_outline_of_too_few_points_is_no_obstacle() -> None:
    assert colored(drawn(seen(outline=[[[0.1, 0.1], [0.9, 0.9]]])), "cat") is not None


def test_without_detections_nothing_is_drawn() -> None:
    assert drawn().getcolors() == [(800 * 600, GRAY)]


@pytest.mark.parametrize(
    ("label", "confidence", "text"),
    [
        ("cat", 0.974, "cat 97%"),
        ("cat", 0.004, "cat <1%"),
        ("cat", 1.0, "cat 100%"),
        ("Älgkalv čičė", 0.5, "Algkalv cice 50%"),
        ("猫", 0.5, "#3 50%"),
        ("—", 0.5, "#3 50%"),
    ],
)
def test_a_label_is_written_with_the_letters_that_the_font_has(label: str, confidence: float, text: str) -> None:
    assert label_text(seen(label, confidence), 3) == text
