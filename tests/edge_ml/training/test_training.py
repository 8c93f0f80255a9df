"""Training: the fixed split, the figures, the calibration and the data of the bundled classifiers."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_ml.training.classification.augmentation import views
from edge_ml.training.classification.classifiers import animals
from edge_ml.training.classification.evaluation.calibration import coverage, fit_temperature, fit_threshold
from edge_ml.training.classification.evaluation.figures import figures
from edge_ml.training.classification.evaluation.metrics import (
    accuracy,
    balanced_accuracy,
    calibration_error,
    confusion_matrix,
    recalls,
    softmax,
)
from edge_ml.training.classification.recipe import Recipe, learning_rate_share
from edge_ml.training.classification.task import Task
from edge_ml.training.data.imagenet_sample import imagenet_sample
from edge_ml.training.data.photographs import DataError, Photo, in_split, photo_files
from edge_ml.training.data.similar_photos import group_similar
from edge_ml.training.data.splits import split_names

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


def test_the_split_is_the_same_whatever_the_order_of_the_names() -> None:
    assert split_names(NAMES) == split_names(NAMES[::-1])


def test_the_split_does_not_change_between_releases() -> None:
    held = sorted(name for name, split in split_names(NAMES).items() if split == "validation")
    assert hashlib.sha256(" ".join(held).encode()).hexdigest()[:12] == "a789eacf6ea6"


def test_the_split_holds_out_an_eighth_to_test_and_half_of_that_to_validate() -> None:
    splits = list(split_names(NAMES).values())
    assert [splits.count(split) for split in ("test", "validation", "train")] == [12, 6, 82]


def test_no_photograph_is_on_two_sides(data: Path) -> None:
    photos = animals.task(data).photos
    sides = [{photo.path for photo in in_split(photos, split)} for split in ("train", "validation", "test")]
    assert sum(map(len, sides)) == len(set.union(*sides)) == len(photos) == 68


def test_an_empty_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no photographs"):
        photo_files(tmp_path)


def test_a_missing_sample_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"labels\.csv is not there"):
        list(imagenet_sample(tmp_path))


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


def test_what_is_left_out_of_the_training_is_still_judged_by(data: Path) -> None:
    whole = animals.task(data)
    part = whole.without({"asirra"})
    assert {photo.split for photo in part.photos if photo.origin == "asirra"} == {"test"}
    assert in_split(part.photos, "test") == in_split(whole.photos, "test")


def test_shots_of_one_leaf_are_one_group() -> None:
    leaves = np.array([[1, 0, 0], [0.99, 0.1, 0], [0, 1, 0], [0, 0.98, 0.1], [0, 0, 1]])
    found = group_similar(leaves)
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert len(set(found)) == 3


def test_no_group_swallows_a_whole_set_of_similar_leaves() -> None:
    leaves = np.ones((50, 4)) + np.random.default_rng(0).normal(0, 0.05, (50, 4))
    found = group_similar(leaves, max_group=8)
    assert max(found.count(number) for number in found) == 8


def test_confusion_counts_a_row_per_truth() -> None:
    table = confusion_matrix(np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]), 2)
    assert table.tolist() == [[1, 1], [1, 2]]
    assert accuracy(table) == pytest.approx(3 / 5)
    assert recalls(table) == pytest.approx([1 / 2, 2 / 3])
    assert balanced_accuracy(table) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_balanced_accuracy_leaves_out_labels_without_photographs() -> None:
    assert balanced_accuracy(confusion_matrix(np.array([0, 0]), np.array([0, 0]), 3)) == 1.0


def test_softmax_stands_large_logits_and_softens_with_temperature() -> None:
    sharp, soft = softmax(np.array([[1000.0, 998.0]])), softmax(np.array([[1000.0, 998.0]]), 2.0)
    assert sharp.sum() == pytest.approx(1)
    assert soft[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_certain_and_right_is_calibrated_and_certain_and_wrong_is_not() -> None:
    certain = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert calibration_error(certain, np.array([0, 0])) == 0
    assert calibration_error(certain, np.array([1, 1])) == 1


def drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits and truths drawn from their own softmax: perfectly calibrated."""
    chance = np.random.default_rng(0)
    logits = chance.normal(size=(count, 4)) * 2
    return logits, np.array([chance.choice(4, p=row) for row in softmax(logits)])


def test_the_temperature_that_spoiled_the_logits_is_found() -> None:
    logits, truth = drawn(4000)
    assert fit_temperature(logits * 3, truth) == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize(("unsure", "threshold"), [(1, 0.9), (2, 0.62)])
def test_one_familiar_photograph_in_a_hundred_may_go_unanswered(unsure: int, threshold: float) -> None:
    top = np.array([0.63] * unsure + [0.97] * (100 - unsure))
    assert fit_threshold(np.column_stack([top, 1 - top])) == threshold


def test_a_model_that_is_hardly_ever_sure_still_answers() -> None:
    assert fit_threshold(np.full((10, 4), 0.25)) == 0.4


def test_what_is_answered_is_counted_and_judged() -> None:
    sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.55, 0.45], [0.3, 0.7]])
    assert coverage(sure, np.array([0, 1, 0, 1]), 0.6) == pytest.approx((3 / 4, 2 / 3))


def test_the_headline_counts_its_own_origins_and_every_origin_stands_apart() -> None:
    photos = [Photo(Path(f"{n}.jpg"), n % 2, "lab" if n < 4 else "field", "test") for n in range(6)]
    task = Task("leaf", "1.0.0", ("a", "b"), ([0], [1]), photos, frozenset({"lab"}), Recipe(epochs=1))
    logits = np.array([[3.0, 0], [0, 3.0], [3.0, 0], [3.0, 0], [3.0, 0], [3.0, 0]])
    found = figures(task, photos, logits, temperature=1.0, threshold=0.5)
    assert (found["n"], found["accuracy"], found["confusion"]) == (4, 0.75, [[2, 0], [1, 1]])
    assert {name: part["accuracy"] for name, part in found["origins"].items()} == {"lab": 0.75, "field": 0.5}
    assert found["unknown"] == {"answered": 1.0, "accuracy_of_answered": 0.75}


def test_crops_lie_within_the_photograph() -> None:
    image, chance = Image.new("RGB", (60, 40)), np.random.default_rng(0)
    for _ in range(50):
        left, top, right, bottom = views.random_box(image, 0.3, chance)
        assert 0 <= left < right <= 60
        assert 0 <= top < bottom <= 40


def test_the_same_seed_shows_the_same_view() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8))
    first, second = (views.random_view(image, 32, 0.4, True, np.random.default_rng(5)) for _ in range(2))
    assert first.shape == (32, 32, 3)
    assert np.array_equal(first, second)


def test_the_first_views_are_smaller_and_all_are_whole_cells_of_the_network() -> None:
    recipe = Recipe(epochs=5, size=192, small_share=0.6)
    assert [recipe.size_at(epoch / 5) for epoch in range(5)] == [128, 128, 128, 192, 192]


def test_all_views_are_full_size_unless_the_recipe_says_otherwise() -> None:
    assert Recipe(epochs=1, size=160).size_at(0) == 160


def test_the_learning_rate_rises_and_then_falls_to_nothing() -> None:
    rates = [learning_rate_share(progress / 100) for progress in range(101)]
    peak = rates.index(max(rates))
    assert 0 < peak < 10
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0)


def test_a_photograph_is_shown_as_often_as_its_times_say() -> None:
    pytest.importorskip("torch")
    from edge_ml.training.classification.augmentation.batches import epoch_order

    rare, common = (Photo(Path("x.jpg"), 0, "set", "train", times=times) for times in (2.5, 1.0))
    shown = epoch_order([rare] * 100 + [common] * 100, np.random.default_rng(0))
    assert (shown >= 100).sum() == 100
    assert (shown < 100).sum() == pytest.approx(250, abs=20)


def test_a_doubtful_label_leaves_something_to_the_others() -> None:
    pytest.importorskip("torch")
    from edge_ml.training.classification.augmentation.batches import SMOOTHING, label_targets

    photo = Photo(Path("x.jpg"), 0, "set", "train")
    sure, doubtful = label_targets([photo, replace(photo, certainty=0.7)], 4).tolist()
    assert sum(sure) == pytest.approx(1)
    assert sum(doubtful) == pytest.approx(1)
    assert doubtful[0] == pytest.approx(0.7 * (1 - SMOOTHING) + SMOOTHING / 4)


def test_a_missing_data_folder_ends_the_command_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from edge_ml.training.__main__ import main

    monkeypatch.setattr("sys.argv", ["training", "animals", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="holds no photographs"):
        main()
