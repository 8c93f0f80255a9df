"""The bundled models: they load, they are small, and their cards describe them."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage

import edge_ml
from edge_ml.bundles.bundle import ModelBundle
from edge_ml.serving.bundle_store import BundleStore
from edge_ml.serving.model_registry import ModelRegistry
from edge_ml.serving.recognize import recognize_image
from edge_ml.storage.client import s3
from edge_ml.training.classification.evaluation.metrics import accuracy, balanced_accuracy
from tests.edge_ml import samples

MODELS = Path(edge_ml.__file__).with_name("models")
NAMES = sorted(path.parent.name for path in MODELS.glob("*/model.json"))
CLASSIFIERS = [name for name in NAMES if ModelBundle.load(MODELS / name).task == "classify"]
PICTURES = Path(skimage.__file__).parent / "data"


def recognized_by(name: str, picture: bytes) -> Any:
    return recognize_image(ModelRegistry(MODELS, name, BundleStore(s3, "")).get(None), picture)


def test_three_models_are_bundled() -> None:
    assert NAMES == ["animals", "livestock", "potato-leaf"]


def test_all_bundles_together_are_under_twenty_megabytes() -> None:
    assert sum(path.stat().st_size for path in MODELS.rglob("*") if path.is_file()) < 20_000_000


@pytest.mark.parametrize("name", NAMES)
def test_each_bundled_model_returns_its_own_labels(name: str) -> None:
    labels = {*ModelBundle.load(MODELS / name).labels, "unknown"}
    labels_found = {
        detection["label"] for detection in recognized_by(name, samples.encoded(samples.picture()))["detections"]
    }
    assert labels_found <= labels
    assert labels_found or name not in CLASSIFIERS


@pytest.mark.parametrize("name", NAMES)
def test_each_card_names_the_weights_that_are_here(name: str) -> None:
    digest = hashlib.sha256((MODELS / name / "model.onnx").read_bytes()).hexdigest()
    assert digest in (MODELS / name / "MODEL_CARD.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_each_card_names_the_pretrained_weights(name: str) -> None:
    card = (MODELS / name / "MODEL_CARD.md").read_text()
    assert "Google's MobileNetV2" in card
    assert "Apache-2.0" in card


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_figures_of_a_classifier_are_those_of_its_confusion_table(name: str) -> None:
    metrics = ModelBundle.load(MODELS / name).metrics
    table = np.array(metrics["confusion"])
    assert metrics["split"] == "test"
    assert metrics["n"] == table.sum()
    assert metrics["accuracy"] == pytest.approx(accuracy(table), abs=1e-4)
    assert metrics["balanced_accuracy"] == pytest.approx(balanced_accuracy(table), abs=1e-4)


def test_the_cat_is_a_cat() -> None:
    result = recognized_by("animals", (PICTURES / "chelsea.png").read_bytes())
    assert samples.best(result) == "cat"
    assert result["size"] == {"width": 451, "height": 300}


@pytest.mark.parametrize("name", ["coffee", "astronaut"])
def test_other_objects_are_no_animals(name: str) -> None:
    assert samples.best(recognized_by("animals", (PICTURES / f"{name}.png").read_bytes())) in {"other", "unknown"}


@pytest.mark.parametrize("name", ["chelsea", "coffee", "astronaut"])
def test_other_objects_get_no_diagnosis(name: str) -> None:
    result = recognized_by("potato-leaf", (PICTURES / f"{name}.png").read_bytes())
    assert samples.best(result) in {"not_a_leaf", "unknown"}


def test_every_advice_card_is_for_a_label_and_names_its_sources() -> None:
    labels = ModelBundle.load(MODELS / "potato-leaf").labels
    cards = list((MODELS / "potato-leaf" / "advice").iterdir())
    assert {card.stem for card in cards} == {"early_blight", "late_blight", "healthy"} < set(labels)
    assert all("Source" in card.read_text() for card in cards)
