"""Training: the fixed split, the figures, the pasted horses, and the bundle that came of it."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_ml.training import colour, photos
from edge_ml.training.collect import collect, imagenet_label
from edge_ml.training.folders import FolderError, labelled_photos, photos_of, split_names
from edge_ml.training.metrics import (
    accuracy,
    balanced_accuracy,
    calibration_error,
    confusion,
    fitted_temperature,
    recalls,
    softmax,
)
from edge_ml.training.paste import composite
from edge_ml.training.schedule import rate_at, size_at

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "edge_ml" / "models" / "animals"
NAMES = [f"photo{number:03}" for number in range(100)]


def write_photo(path: Path, size: tuple[int, int] = (40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (200, 120, 40)).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for label in ("cat", "dog"):
        for name in NAMES:
            write_photo(tmp_path / label / f"{name}.png")
    return tmp_path


def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((BUNDLE / "model.json").read_text())
    return content


def test_the_split_is_the_same_whatever_the_order_of_the_names() -> None:
    assert split_names(NAMES) == split_names(NAMES[::-1])


def test_the_split_does_not_change_between_releases() -> None:
    held = sorted(name for name, split in split_names(NAMES).items() if split == "validation")
    assert hashlib.sha256(" ".join(held).encode()).hexdigest()[:12] == "a789eacf6ea6"


def test_the_split_holds_out_an_eighth_to_test_and_half_of_that_to_validate() -> None:
    splits = list(split_names(NAMES).values())
    assert [splits.count(split) for split in ("test", "validation", "train")] == [12, 6, 82]


def test_a_variant_stays_on_its_originals_side_of_the_split() -> None:
    splits = split_names([*NAMES, *(f"{name}~0" for name in NAMES)])
    assert splits == split_names(NAMES)


def test_every_label_is_split_alike(folder: Path) -> None:
    tested = [photo.label for photo in photos_of(folder, "test")]
    assert tested.count(0) == tested.count(1) == 12


def test_no_photograph_is_on_two_sides(folder: Path) -> None:
    sides = [{photo.path for photo in photos_of(folder, split)} for split in ("train", "validation", "test")]
    assert sum(map(len, sides)) == len(set.union(*sides)) == 200


def test_variants_of_held_out_photographs_are_left_out(folder: Path) -> None:
    for photo in labelled_photos(folder):
        write_photo(photo.path.with_stem(f"{photo.path.stem}~0"))
    variants = [photo for photo in labelled_photos(folder) if "~" in photo.path.stem]
    assert len(variants) == 2 * 82
    assert {photo.split for photo in variants} == {"train"}


def test_a_folder_without_two_labels_is_refused_in_words(tmp_path: Path) -> None:
    write_photo(tmp_path / "cat" / "a.png")
    with pytest.raises(FolderError, match="at least two labels"):
        labelled_photos(tmp_path)


def test_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="is not a folder"):
        labelled_photos(tmp_path / "nowhere")


def test_confusion_counts_a_row_per_truth() -> None:
    table = confusion(np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]), 2)
    assert table.tolist() == [[1, 1], [1, 2]]
    assert accuracy(table) == pytest.approx(3 / 5)
    assert recalls(table) == pytest.approx([1 / 2, 2 / 3])
    assert balanced_accuracy(table) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_balanced_accuracy_leaves_out_labels_without_photographs() -> None:
    assert balanced_accuracy(confusion(np.array([0, 0]), np.array([0, 0]), 3)) == 1.0


def test_softmax_stands_large_logits_and_softens_with_temperature() -> None:
    sharp, soft = softmax(np.array([[1000.0, 998.0]])), softmax(np.array([[1000.0, 998.0]]), 2.0)
    assert sharp.sum() == pytest.approx(1)
    assert soft[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_certain_and_right_is_calibrated_and_certain_and_wrong_is_not() -> None:
    certain = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert calibration_error(certain, np.array([0, 0])) == 0
    assert calibration_error(certain, np.array([1, 1])) == 1


def test_the_temperature_that_spoilt_the_logits_is_found() -> None:
    chance = np.random.default_rng(0)
    logits = chance.normal(size=(4000, 4))
    truth = np.array([chance.choice(4, p=row) for row in softmax(logits)])
    assert fitted_temperature(logits * 3, truth) == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize(
    ("index", "label"),
    [(150, "other"), (151, "dog"), (268, "dog"), (269, "other"), (281, "cat"), (285, "cat"), (286, "other")],
)
def test_only_domestic_dogs_and_cats_are_dogs_and_cats(index: int, label: str) -> None:
    assert imagenet_label(index) == label


def test_the_sorrel_is_a_horse_and_the_zebra_is_not() -> None:
    assert (imagenet_label(339), imagenet_label(340)) == ("horse", "other")


def test_crops_lie_within_the_photograph() -> None:
    image, chance = Image.new("RGB", (60, 40)), np.random.default_rng(0)
    for box in photos.boxes(image, 50, chance):
        left, top, right, bottom = photos.nudged(box, image, chance)
        assert 0 <= left < right <= 60
        assert 0 <= top < bottom <= 40


def test_the_same_seed_cuts_the_same_crops() -> None:
    image = Image.new("RGB", (60, 40))
    first, second = (photos.boxes(image, 6, np.random.default_rng(5)) for _ in range(2))
    assert first == second


def test_a_large_photograph_is_kept_small(tmp_path: Path) -> None:
    assert photos.load(write_photo(tmp_path / "a.jpg", (1200, 900))).size == (299, 224)


def test_recolouring_keeps_the_size() -> None:
    assert colour.recoloured(Image.new("RGB", (8, 6)), np.random.default_rng(0)).size == (8, 6)


def test_images_grow_to_full_size_and_stay_whole_steps_of_the_network() -> None:
    sizes = [size_at(progress / 100, 160) for progress in range(100)]
    assert sizes == sorted(sizes)
    assert set(sizes) == {96, 128, 160}


def test_the_learning_rate_rises_and_then_falls_to_nothing() -> None:
    rates = [rate_at(progress / 100, 1.0) for progress in range(101)]
    peak = rates.index(max(rates))
    assert 0 < peak < 10
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0)


def test_a_cut_out_animal_covers_part_of_its_new_background(tmp_path: Path) -> None:
    horse, scene = write_photo(tmp_path / "horse.png"), tmp_path / "scene.png"
    Image.new("RGB", (400, 300), (0, 0, 255)).save(scene)
    mask = Image.new("L", (40, 30))
    mask.paste(255, (10, 10, 30, 25))
    mask.save(tmp_path / "mask.png")
    made = np.asarray(composite(horse, tmp_path / "mask.png", scene, np.random.default_rng(1)))
    pasted = float((made[..., 0] > 100).mean())
    assert made.shape == (210, 280, 3)
    assert 0.05 < pasted < 0.95


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for kind in ("animals/cat", "animals/dog", "potato-field/healthy", "potato-leaf/healthy"):
        for name in NAMES[:9]:
            write_photo(tmp_path / "data" / kind / f"{name}.jpg")
    for name in NAMES[:9]:
        write_photo(tmp_path / "data" / "horses" / "photo" / f"{name}.jpg")
        (tmp_path / "data" / "horses" / "mask").mkdir(exist_ok=True)
        Image.new("L", (40, 30), 255).save(tmp_path / "data" / "horses" / "mask" / f"{name}.png")
        write_photo(tmp_path / "data" / "imagenet-sample" / f"{name}.jpg")
    rows = ["file,index,wnid,label", *(f"{name}.jpg,{index},n,x" for index, name in enumerate(NAMES[:9], 263))]
    (tmp_path / "data" / "imagenet-sample" / "labels.csv").write_text("\n".join(rows))
    return tmp_path / "data"


def test_collecting_labels_every_set(data: Path, tmp_path: Path) -> None:
    collect(data, tmp_path / "into", seed=1)
    counts = {folder.name: len(list(folder.iterdir())) for folder in (tmp_path / "into").iterdir()}
    assert (counts["cat"], counts["dog"], counts["other"]) == (9, 9 + 6, 3 + 1 + 3)


def test_only_horses_to_train_on_are_pasted(data: Path, tmp_path: Path) -> None:
    collect(data, tmp_path / "into", seed=1)
    taught = {photo.path.stem for photo in photos_of(tmp_path / "into", "train") if "~" not in photo.path.stem}
    pasted = [path.stem for path in (tmp_path / "into" / "horse").glob("*~*")]
    assert len(pasted) == 2 * sum(stem.startswith("weizmann") for stem in taught)
    assert {stem.partition("~")[0] for stem in pasted} <= taught


def test_collecting_again_changes_nothing(data: Path, tmp_path: Path) -> None:
    def contents() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / "into").rglob("*.jpg")}

    collect(data, tmp_path / "into", seed=1)
    first = contents()
    collect(data, tmp_path / "into", seed=1)
    assert contents() == first


def test_the_bundle_says_how_to_feed_it_and_read_it() -> None:
    content = manifest()
    assert (content["name"], content["task"]) == ("animals", "classify")
    assert content["labels"] == ["cat", "dog", "horse", "other"]
    assert set(content["input"]) == {"name", "layout", "dtype", "size", "resize", "channels", "mean", "std"}
    assert (content["input"]["layout"], content["input"]["dtype"]) == ("NCHW", "float32")
    assert content["input"]["resize"] in {"stretch", "cover", "letterbox"}
    assert content["output"]["decoding"] == "logits"
    assert content["output"]["temperature"] == 1.0


def test_the_bundle_reports_figures_on_photographs_it_was_not_trained_on() -> None:
    metrics = manifest()["metrics"]
    table = np.array(metrics["confusion"])
    assert metrics["split"] == "test"
    assert list(metrics["n"].values()) == table.sum(1).tolist()
    assert metrics["accuracy"] == pytest.approx(accuracy(table), abs=1e-4)
    assert metrics["balanced_accuracy"] == pytest.approx(balanced_accuracy(table), abs=1e-4)


def test_the_bundle_is_at_most_eight_megabytes() -> None:
    assert sum(path.stat().st_size for path in BUNDLE.iterdir()) <= 8_000_000


def test_the_card_names_the_weights_that_are_here() -> None:
    digest = hashlib.sha256((BUNDLE / "model.onnx").read_bytes()).hexdigest()
    assert re.search(digest, (BUNDLE / "MODEL_CARD.md").read_text())


def test_the_model_answers_batches_with_a_logit_per_label() -> None:
    runtime = pytest.importorskip("onnxruntime")
    session, content = runtime.InferenceSession(BUNDLE / "model.onnx"), manifest()
    images = np.zeros((3, 3, *content["input"]["size"]), np.float32)
    answer = session.run([content["output"]["name"]], {content["input"]["name"]: images})[0]
    assert answer.shape == (3, 4)


def test_an_unlabelled_folder_ends_the_command_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    from edge_ml.training.__main__ import main

    monkeypatch.setattr("sys.argv", ["training", str(tmp_path), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="at least two labels"):
        main()
