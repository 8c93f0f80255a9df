from itertools import combinations

import pytest

from edge_ml.derived.label_placement import Rectangle, place_label

PICTURE, LABEL = (600, 400), (100, 20)


def test_a_label_lies_on_top_of_its_box() -> None:
    assert place_label(LABEL, Rectangle(200, 100, 300, 200), PICTURE, []) == (200, 80, 300, 100)


@pytest.mark.parametrize(
    "box",
    [
        Rectangle(0, 0, 600, 400),
        Rectangle(-5, -5, 20, 20),
        Rectangle(590, 0, 600, 10),
        Rectangle(590, 390, 600, 400),
        Rectangle(300, 0, 310, 400),
    ],
)
def test_a_label_stays_inside_the_picture(box: Rectangle) -> None:
    left, top, right, bottom = place_label(LABEL, box, PICTURE, [])
    assert 0 <= left < right <= 600
    assert 0 <= top < bottom <= 400


def test_a_label_wider_than_the_picture_begins_at_its_left() -> None:
    assert place_label((900, 20), Rectangle(200, 100, 300, 200), PICTURE, []).left == 0


def test_labels_of_the_same_box_do_not_cover_each_other() -> None:
    occupied: list[Rectangle] = []
    for _ in range(6):
        occupied.append(place_label(LABEL, Rectangle(200, 100, 300, 200), PICTURE, occupied))
    assert not any(one.overlap(other) for one, other in combinations(occupied, 2))


def test_where_every_place_is_occupied_the_least_covered_one_will_do() -> None:
    everywhere = Rectangle(0, 0, 600, 390)
    assert place_label((100, 20), Rectangle(0, 300, 600, 400), PICTURE, [everywhere]).bottom == 400
