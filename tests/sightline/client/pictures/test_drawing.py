import io
import sys

import pytest
from PIL import Image

from sightline import Problem
from sightline.client.pictures.drawing import draw
from sightline.client.schemas.image import Detection

CAT: Detection = {"label": "cat", "confidence": 0.9, "box": {"left": 0.25, "top": 0.25, "width": 0.5, "height": 0.5}}
WHOLE: Detection = {"label": "猫", "confidence": 0.6}


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(file, "PNG")
    return file.getvalue()


def drawn(picture: bytes, *detections: Detection) -> Image.Image:
    return Image.open(io.BytesIO(draw(picture, detections)))


def colored(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Return whether anything is drawn within the box."""
    return any(any(channel.histogram()[:200]) for channel in image.crop(box).split())


def test_boxes_are_drawn_at_their_place() -> None:
    image = drawn(png(400, 400), CAT)
    assert image.format == "JPEG"
    assert colored(image, (96, 150, 106, 250))
    assert not colored(image, (150, 150, 250, 250))


def test_outlines_are_drawn_and_filled() -> None:
    outline = [[[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]]
    detection: Detection = {"label": "cat", "confidence": 0.9, "outline": outline}
    inside = drawn(png(400, 400), detection).getpixel((200, 200))
    assert inside != (255, 255, 255)


def test_labels_of_the_whole_picture_are_written_into_its_corner() -> None:
    image = drawn(png(400, 400), WHOLE)
    assert colored(image, (0, 340, 200, 400))
    assert not colored(image, (0, 0, 400, 300))


def test_an_unsure_box_is_not_drawn() -> None:
    assert not colored(drawn(png(400, 400), {**CAT, "confidence": 0.2}), (0, 0, 400, 400))


def test_a_large_picture_is_made_smaller_and_turned_upright() -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (3200, 1600)).save(file, "JPEG", exif=exif)
    assert drawn(file.getvalue()).size == (800, 1600)


def test_a_picture_that_cannot_be_read_here_says_so() -> None:
    with pytest.raises(Problem, match="unsupported_format"):
        draw(b"no pixels", [])


def test_without_pillow_the_problem_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = png(8, 8)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(Problem, match=r"sightline\[draw\]"):
        draw(picture, [])
