"""The bundle `livestock`: its figures, its card, and held-out horses."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from edge_ml.training.segmentation.metrics import iou
from edge_ml.training.segmentation.scenes.pairs import ANIMAL, horse_files, horse_pair

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
    """Return the filled outline at the photograph's size; a hole is an outline inside another."""
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
