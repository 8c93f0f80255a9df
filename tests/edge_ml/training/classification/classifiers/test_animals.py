"""The data of the classifier `animals`."""

from pathlib import Path

import pytest
from PIL import Image

from edge_ml.training.classification.classifiers import animals
from edge_ml.training.data.photographs import in_split

NAMES = [f"photo{number:03}" for number in range(100)]


def write_photo(path: Path, size: tuple[int, int] = (40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (200, 120, 40)).save(path)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for kind in ("animals/cat", "animals/dog", "horses/photo"):
        for name in NAMES[:20]:
            write_photo(tmp_path / kind / f"{name}.jpg")
    rows = ["file,index,wnid,label"]
    for index in (7, 90, 100, 126, 151, 281, 339, 340):
        write_photo(tmp_path / "imagenet-sample" / f"n{index}.jpg")
        rows.append(f"n{index}.jpg,{index},n{index},x")
    (tmp_path / "imagenet-sample" / "labels.csv").write_text("\n".join(rows))
    return tmp_path


def test_no_photograph_is_on_two_sides(data: Path) -> None:
    photos = animals.task(data).photos
    sides = [{photo.path for photo in in_split(photos, split)} for split in ("train", "validation", "test")]
    assert sum(map(len, sides)) == len(set.union(*sides)) == len(photos) == 68


@pytest.mark.parametrize(
    ("index", "label"),
    [(150, "other"), (151, "dog"), (268, "dog"), (269, "other"), (281, "cat"), (285, "cat"), (286, "other")],
)
def test_only_domestic_dogs_and_cats_are_dogs_and_cats(index: int, label: str) -> None:
    assert animals.LABELS[animals.label_of(index)] == label


def test_the_sorrel_is_a_horse_and_the_zebra_is_not() -> None:
    assert (animals.label_of(339), animals.label_of(340)) == (animals.HORSE, animals.OTHER)


def test_fifty_nine_classes_are_birds_from_the_cock_to_the_albatross() -> None:
    birds = [index for index in range(1000) if animals.label_of(index) == animals.BIRD]
    assert (len(birds), birds[0], birds[-1]) == (59, 7, 146)
    assert not {25, 79, 101, 126} & set(birds)


def test_every_class_of_the_teacher_makes_up_one_label(data: Path) -> None:
    assert sorted(index for of_label in animals.task(data).classes for index in of_label) == list(range(1000))


def test_photographs_left_out_of_training_are_still_tested(data: Path) -> None:
    whole = animals.task(data)
    part = whole.without({"asirra"})
    assert {photo.split for photo in part.photos if photo.origin == "asirra"} == {"test"}
    assert in_split(part.photos, "test") == in_split(whole.photos, "test")
