"""Training the segmentation of livestock: figures, scenes, the teachers' agreement, the loop, and the bundle."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from edge_ml.pictures.letterbox import Fit
from edge_ml.training.data.photographs import DataError
from edge_ml.training.segmentation.metrics import (
    boundary_f1,
    calibration_error,
    fit_temperature,
    iou,
    outline,
)
from edge_ml.training.segmentation.scenes import color_jitter
from edge_ml.training.segmentation.scenes.pairs import (
    ANIMAL,
    BACKGROUND,
    MAX_SIDE,
    UNKNOWN,
    Pair,
    horse_files,
    horse_pair,
    paths_in_split,
)
from edge_ml.training.segmentation.scenes.placement import GRAY, Placement, place
from edge_ml.training.segmentation.scenes.teachers import agreed_mask

SCENE = (96, 64)
RED, BLUE = (220, 20, 20), (20, 20, 220)


def square(left: int, top: int, side: int = 20) -> Any:
    mask = np.zeros((60, 80), bool)
    mask[top : top + side, left : left + side] = True
    return mask


def red_on_blue(size: tuple[int, int] = (80, 60)) -> Pair:
    """A red animal before a blue background."""
    photo, mask = Image.new("RGB", size, BLUE), Image.new("L", size, BACKGROUND)
    body = (size[0] // 4, size[1] // 4, 3 * size[0] // 4, 3 * size[1] // 4)
    photo.paste(RED, body)
    mask.paste(ANIMAL, body)
    return Pair(photo, mask)


def redness(photo: Image.Image) -> Any:
    return np.asarray(photo)[..., 0] > 150


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(50):
        pair = red_on_blue()
        for side, name in zip(pair, ("photo", "mask"), strict=True):
            (tmp_path / "horses" / name).mkdir(parents=True, exist_ok=True)
            side.save(tmp_path / "horses" / name / f"horse{number:03}.png")
    return tmp_path


def test_overlap_is_what_both_share_of_what_either_covers() -> None:
    assert iou(square(0, 0), square(10, 0)) == pytest.approx(200 / 600)


def test_nothing_said_of_nothing_is_right() -> None:
    assert iou(square(0, 0, 0), square(0, 0, 0)) == 1
    assert boundary_f1(square(0, 0, 0), square(0, 0, 0)) == 1


def test_something_said_of_nothing_is_wrong() -> None:
    assert iou(square(0, 0), square(0, 0, 0)) == 0
    assert boundary_f1(square(0, 0), square(0, 0, 0)) == 0


def test_the_outline_of_a_square_is_its_rim() -> None:
    assert outline(square(10, 10)).sum() == 4 * 19
    assert outline(square(0, 0)).sum() == 4 * 19


def test_an_outline_a_pixel_off_is_good_and_one_far_off_is_not() -> None:
    assert boundary_f1(square(11, 10), square(10, 10)) == 1
    assert boundary_f1(square(40, 30), square(10, 10)) == 0


def test_half_an_outline_counts_half() -> None:
    said = square(10, 10)
    said[30:50, 10:30] = True
    assert 0.5 < boundary_f1(said, square(10, 10)) < 0.8


def test_certain_and_right_is_calibrated_and_certain_and_wrong_is_not() -> None:
    truth = np.array([True, False])
    assert calibration_error(np.array([1.0, 0.0]), truth) == 0
    assert calibration_error(np.array([0.0, 1.0]), truth) == 1


def test_the_temperature_that_spoiled_the_logits_is_found() -> None:
    chance = np.random.default_rng(0)
    lead = chance.normal(scale=2, size=20_000)
    truth = chance.random(20_000) < 1 / (1 + np.exp(-lead))
    assert fit_temperature(lead * 3, truth) == pytest.approx(3, rel=0.1)


def test_no_photograph_is_on_two_sides(data: Path) -> None:
    sides = [set(horse_files(data, split)) for split in ("train", "validation", "test")]
    assert [len(side) for side in sides] == [41, 3, 6]
    assert len(set.union(*sides)) == 50


def test_the_split_depends_on_nothing_but_the_names(data: Path) -> None:
    paths = horse_files(data, "train") + horse_files(data, "test")
    assert set(paths_in_split(paths, "test")) == set(paths_in_split(paths[::-1], "test"))


def test_a_photograph_comes_with_its_mask(data: Path) -> None:
    pair = horse_pair(horse_files(data, "test")[0])
    assert (redness(pair.photo) == (np.asarray(pair.mask) == ANIMAL)).all()


def test_a_photograph_without_a_mask_is_refused_by_name(data: Path) -> None:
    (data / "horses" / "mask" / "horse007.png").unlink()
    with pytest.raises(DataError, match=r"horse007\.png is not there"):
        horse_pair(data / "horses" / "photo" / "horse007.png")


def test_a_large_photograph_is_kept_small_with_its_mask() -> None:
    shrunk = red_on_blue((1200, 900)).shrunk()
    assert shrunk.photo.size == shrunk.mask.size == (MAX_SIDE, MAX_SIDE * 3 // 4)


def test_a_small_photograph_is_kept_as_it_is() -> None:
    pair = red_on_blue()
    assert pair.shrunk() is pair


@pytest.mark.parametrize("seed", range(12))
def test_the_mask_lies_where_the_animal_lies(seed: int) -> None:
    chance = np.random.default_rng(seed)
    pair = red_on_blue().mirrored() if seed % 2 else red_on_blue()
    shown = place(pair, Placement.random(pair.photo.size, SCENE, chance), SCENE)
    assert shown.photo.size == SCENE
    assert iou(redness(shown.photo), np.asarray(shown.mask) == ANIMAL) > 0.85


def test_photographs_are_varied_in_size_and_place() -> None:
    chance = np.random.default_rng(0)
    shares = [
        np.asarray(place(red_on_blue(), Placement.random((80, 60), SCENE, chance), SCENE).mask).mean()
        for _ in range(40)
    ]
    assert max(shares) > 2 * min(shares) > 0


def test_a_plain_stretched_photograph_fills_the_scene() -> None:
    shown = place(red_on_blue((60, 60)), Placement.whole((60, 60), SCENE, stretch=True), SCENE)
    assert not (np.asarray(shown.photo) == GRAY).all(-1).any()


def test_a_plain_letterboxed_photograph_keeps_its_proportions_with_gray_beside_it() -> None:
    shown = place(red_on_blue((60, 60)), Placement.whole((60, 60), SCENE, stretch=False), SCENE)
    gray = (np.asarray(shown.photo) == GRAY).all(-1)
    assert gray.all(0).sum() == 96 - 64
    assert not np.asarray(shown.mask)[gray].any()


def test_a_backdrop_covers_the_whole_scene() -> None:
    for seed in range(8):
        placement = Placement.random((50, 90), SCENE, np.random.default_rng(seed)).covering(SCENE)
        assert not (np.asarray(place(red_on_blue((50, 90)), placement, SCENE).photo) == GRAY).all(-1).any()


def test_the_same_seed_draws_the_same_scene() -> None:
    first, second = (Placement.random((80, 60), SCENE, np.random.default_rng(5)) for _ in range(2))
    assert first == second


def test_recoloring_changes_the_colors_and_not_the_size() -> None:
    photo = red_on_blue().photo
    changed = color_jitter.jitter_colors(photo, np.random.default_rng(1))
    assert changed.size == photo.size
    assert (np.asarray(changed) != np.asarray(photo)).any()


def test_what_the_teachers_disagree_on_is_unknown() -> None:
    mask = np.asarray(agreed_mask(square(0, 0), square(10, 0)))
    assert (mask == ANIMAL).sum() == 200
    assert (mask == UNKNOWN).sum() == 400
    assert (mask == BACKGROUND).sum() == 60 * 80 - 600


def stock() -> Any:
    pytest.importorskip("torch")
    from edge_ml.training.segmentation.scenes.scenes import Stock

    empty = Pair(Image.new("RGB", (80, 60), (90, 160, 90)), Image.new("L", (80, 60), BACKGROUND))
    return Stock([red_on_blue()], [red_on_blue()], [red_on_blue()], [empty])


def test_scenes_hold_animals_and_some_hold_none() -> None:
    truth = stock().batch(40, SCENE, np.random.default_rng(0)).truth.numpy()
    assert truth.shape == (40, 64, 96)
    assert set(np.unique(truth)) == {0, 1}
    assert 0 < (truth.max((1, 2)) == 0).sum() < 20


def test_unknown_pixels_are_not_learnt() -> None:
    torch = pytest.importorskip("torch")
    from edge_ml.training.segmentation.loss import segmentation_loss
    from edge_ml.training.segmentation.scenes.scenes import IGNORED

    truth = torch.ones(1, 8, 8, dtype=torch.int64)
    truth[:, 4:] = IGNORED
    right = torch.stack([-20.0 * torch.ones(1, 8, 8), 20.0 * torch.ones(1, 8, 8)], 1)
    wrong_where_unknown = right.clone()
    wrong_where_unknown[:, :, 4:] *= -1
    assert float(segmentation_loss(right, truth)) == pytest.approx(0, abs=1e-5)
    assert float(segmentation_loss(wrong_where_unknown, truth)) == pytest.approx(0, abs=1e-5)
    assert float(segmentation_loss(-right, truth)) > 1


def test_a_scene_without_an_animal_has_a_loss_that_is_a_number() -> None:
    torch = pytest.importorskip("torch")
    from edge_ml.training.segmentation.loss import segmentation_loss

    loss = float(segmentation_loss(torch.zeros(1, 2, 8, 8), torch.zeros(1, 8, 8, dtype=torch.int64)))
    assert loss == pytest.approx(np.log(2), abs=1e-5)


def network() -> Any:
    torch = pytest.importorskip("torch")
    from edge_ml.training.mobilenet_v2 import MobileNetV2
    from edge_ml.training.segmentation.network import Segmenter

    torch.manual_seed(1)
    torch.set_num_threads(1)
    return Segmenter(MobileNetV2(), 2)


def trained(steps: int) -> Any:
    pytest.importorskip("torch")
    from edge_ml.training.segmentation.trainer import Plan, train

    return train(network(), stock(), Plan(steps, 2, (64, 32), (64, 64), 1e-3, 1), lambda _: "looked")


def test_a_short_training_moves_all_but_the_first_layers(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = network().state_dict(), trained(2).state_dict()
    moved = {name for name, weights in after.items() if (weights != before[name]).any()}
    assert {"labels.weight", "encoder.blocks.16.layers.0.conv.weight"} <= moved
    assert not any(name.startswith(("encoder.stem", "encoder.blocks.0.", "encoder.blocks.1.")) for name in moved)
    assert "min left" in capsys.readouterr().out


def test_the_same_seed_trains_the_same_weights() -> None:
    first, second = (trained(2).state_dict() for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)


def test_cooling_divides_the_logits() -> None:
    torch = pytest.importorskip("torch")
    segmenter = network().eval()
    images = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        answer, cool = segmenter(images), segmenter.with_temperature(2.0)(images)
    assert answer.shape == (1, 2, 64, 96)
    assert torch.allclose(answer / 2, cool, atol=1e-5)


def test_a_field_is_judged_on_the_picture_without_its_padding() -> None:
    pytest.importorskip("torch")
    from edge_ml.training.segmentation.evaluation.deployed import enlarge

    field = np.full((64, 96), -1.0, np.float32)
    field[:, 16:80] = 1.0
    assert (enlarge(field, Fit((96, 64), "letterbox"), (300, 300)) > 0).all()
    assert (enlarge(field, Fit((96, 64), "stretch"), (300, 300)) > 0).mean() == pytest.approx(64 / 96, abs=0.01)


BUNDLE = Path(__file__).parents[4] / "edge_ml" / "models" / "livestock"
DATA = Path(__file__).parents[5] / "shared" / "data"
MOST_BYTES = 7_000_000


def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((BUNDLE / "model.json").read_text())
    return content


def test_the_bundle_reports_figures_on_photographs_it_was_not_trained_on() -> None:
    metrics = manifest()["metrics"]
    assert (metrics["split"], metrics["n"]) == ("test", 35)
    assert metrics["mean_iou"] >= 0.9
    assert metrics["iou_quartiles"] == sorted(metrics["iou_quartiles"])


def test_the_bundle_is_small_and_its_card_names_the_weights_that_are_here() -> None:
    weights = (BUNDLE / "model.onnx").read_bytes()
    assert len(weights) <= MOST_BYTES
    assert hashlib.sha256(weights).hexdigest() in (BUNDLE / "MODEL_CARD.md").read_text()


def test_the_card_repeats_the_figures_of_the_bundle() -> None:
    card, metrics = (BUNDLE / "MODEL_CARD.md").read_text(), manifest()["metrics"]
    assert f"{metrics['mean_iou']:.3f}" in card
    assert f"{metrics['boundary_f1']:.3f}" in card


def filled(detection: Any, size: tuple[int, int]) -> Any:
    """The outline filled at the photograph's size; a hole is an outline inside another."""
    inside = np.zeros(size[::-1], bool)
    for polygon in detection["outline"]:
        drawn = Image.new("1", size)
        ImageDraw.Draw(drawn).polygon([(x * size[0] - 0.5, y * size[1] - 0.5) for x, y in polygon], fill=1)
        inside ^= np.asarray(drawn)
    return inside


@pytest.mark.skipif(not (DATA / "horses").is_dir(), reason="no shared data")
def test_the_outlines_of_held_out_horses_overlap_nine_tenths() -> None:
    from edge_ml.bundles.bundle import ModelBundle
    from edge_ml.inference.model import Model
    from edge_ml.pictures.decode import decode

    model, overlaps = Model(ModelBundle.load(BUNDLE)), []
    for path in horse_files(DATA, "test")[::3]:
        pair = horse_pair(path)
        (detection,) = model.detections(decode(path.read_bytes(), model.bundle.fit))
        overlaps.append(iou(filled(detection, pair.photo.size), np.asarray(pair.mask) == ANIMAL))
    assert len(overlaps) == 12
    assert np.mean(overlaps) >= 0.9
