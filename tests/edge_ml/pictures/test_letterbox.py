import pytest

from edge_ml.pictures.letterbox import Fit


@pytest.mark.parametrize(
    ("resize", "source", "box", "inner"),
    [
        ("stretch", (400, 200), (0, 0, 400, 200), (100, 50)),
        ("cover", (400, 200), (0, 0, 400, 200), (100, 50)),
        ("cover", (400, 400), (0, 100, 400, 300), (100, 50)),
        ("cover", (1, 20_000), (0, 9999.75, 1, 10_000.25), (100, 50)),
        ("letterbox", (400, 400), (0, 0, 400, 400), (50, 50)),
        ("letterbox", (20_000, 1), (0, 0, 20_000, 1), (100, 1)),
        ("letterbox_corner", (400, 400), (0, 0, 400, 400), (50, 50)),
    ],
)
def test_each_resize_mode_has_its_part_of_the_picture_and_of_the_input(
    resize: str, source: tuple[int, int], box: tuple[float, ...], inner: tuple[int, int]
) -> None:
    fit = Fit((100, 50), resize)
    assert fit.crop(source) == pytest.approx(box)
    assert fit.inner_size(source) == inner


@pytest.mark.parametrize(
    ("resize", "source", "window"),
    [
        ("stretch", (400, 400), (0, 0, 1, 1)),
        ("cover", (400, 400), (0, 0.25, 1, 0.5)),
        ("letterbox", (400, 400), (-0.5, 0, 2, 1)),
        ("letterbox_corner", (400, 400), (0, 0, 2, 1)),
        ("letterbox_corner", (400, 100), (0, 0, 1, 2)),
    ],
)
def test_the_input_window_on_the_picture(
    resize: str, source: tuple[int, int], window: tuple[float, float, float, float]
) -> None:
    assert Fit((100, 50), resize).input_window(source) == pytest.approx(window)
