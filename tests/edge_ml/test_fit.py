import pytest

from edge_ml.fit import Fit


@pytest.mark.parametrize(
    ("resize", "source", "box", "inner"),
    [
        ("stretch", (400, 200), (0, 0, 400, 200), (100, 50)),
        ("cover", (400, 200), (0, 0, 400, 200), (100, 50)),
        ("cover", (400, 400), (0, 100, 400, 300), (100, 50)),
        ("cover", (1, 20_000), (0, 9999.75, 1, 10_000.25), (100, 50)),
        ("letterbox", (400, 400), (0, 0, 400, 400), (50, 50)),
        ("letterbox", (20_000, 1), (0, 0, 20_000, 1), (100, 1)),
    ],
)
def test_which_part_of_a_picture_goes_where(
    resize: str, source: tuple[int, int], box: tuple[float, ...], inner: tuple[int, int]
) -> None:
    fit = Fit((100, 50), resize)
    assert fit.box(source) == pytest.approx(box)
    assert fit.inner(source) == inner
