from pathlib import Path

import pytest
import skimage

import edge_ml
from edge_ml.handler import answer
from edge_ml.registry import Models
from edge_ml.store import Store
from tests.edge_ml import made

MODELS = Path(edge_ml.__file__).with_name("models")
NAMES = sorted(path.parent.name for path in MODELS.glob("*/model.json"))


@pytest.mark.parametrize("name", NAMES)
def test_each_bundled_model_loads_and_is_small(name: str) -> None:
    model = Models(MODELS, name, Store(dict, "")).named(None)
    assert Path(model.bundle.path).stat().st_size < 8_000_000
    said = answer(model, made.encoded(made.picture()))
    assert {detection["label"] for detection in said["detections"]} <= {*model.bundle.labels, "unknown"}


def test_the_cat_is_a_cat() -> None:
    file = Path(skimage.__file__).parent / "data/chelsea.png"
    said = answer(Models(MODELS, "animals", Store(dict, "")).named(None), file.read_bytes())
    assert made.best(said) == "cat"
    assert said["size"] == {"width": 451, "height": 300}
