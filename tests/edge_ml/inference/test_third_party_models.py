"""Third-party models on real photographs, described by model.json alone; skipped without the shared data."""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import decode
from tests.edge_ml import samples

DATA = Path(__file__).parents[4] / "shared/data"
VOC = ("pascal_voc_segmentation_labels.txt", 21)
MODELS: dict[str, dict[str, Any]] = {
    "mobilenetv2_imagenet1000_nchw_logits_dynbatch.onnx": {
        "task": "classify",
        "labels": ("imagenet1000_labels.txt", 1000),
        "input": {"name": "input", "layout": "NCHW", "dtype": "float32", "size": [224, 224], "resize": "cover",
                  "mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]},
        "output": {"name": "output", "decoding": "logits"},
    },
    "mobilenet_v2_1.0_224_quant.quant.onnx": {
        "task": "classify",
        "labels": ("imagenet1001_labels_with_background.txt", 1001),
        "input": {"name": "input", "layout": "NHWC", "dtype": "uint8", "size": [224, 224], "resize": "cover"},
        "output": {"name": "MobilenetV2/Predictions/Softmax", "decoding": "probabilities", "scale": 1 / 256},
    },
    "yolox_nano.onnx": {
        "task": "detect",
        "labels": ("coco80_labels.txt", 80),
        "input": {"name": "images", "layout": "NCHW", "dtype": "float32", "size": [416, 416],
                  "resize": "letterbox_corner", "channels": "BGR", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "output": {"name": "output", "decoding": "yolox"},
    },
    "deeplab_v3_1_default_1.onnx": {
        "task": "segment",
        "labels": VOC,
        "input": {"name": "sub_7", "layout": "NHWC", "dtype": "float32", "size": [257, 257], "resize": "letterbox",
                  "mean": [127.5, 127.5, 127.5], "std": [127.5, 127.5, 127.5]},
        "output": {"name": "ResizeBilinear_3", "decoding": "class_scores"},
    },
    "deeplabv3_mnv2_dm05_pascal_quant.quant.onnx": {
        "task": "segment",
        "labels": VOC,
        "input": {"name": "MobilenetV2/MobilenetV2/input", "layout": "NHWC", "dtype": "uint8", "size": [513, 513],
                  "resize": "letterbox"},
        "output": {"name": "ArgMax", "decoding": "class_map"},
    },
}  # fmt: skip
MOBILENETS, DEEPLABS = sorted(MODELS)[2:4], sorted(MODELS)[:2]

pytestmark = pytest.mark.skipif(not (DATA / "models").is_dir(), reason="no shared data")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("third-party")


@cache
def model(folder: Path, file: str) -> Model:
    content = MODELS[file]
    text, count = content["labels"]
    labels = [line for line in (DATA / "models" / text).read_text().splitlines() if line][:count]
    bundle = folder / file.partition(".")[0]
    bundle.mkdir()
    shutil.copy(DATA / "models" / file, bundle / "model.onnx")
    described = {"name": bundle.name, "version": "1.0.0", "license": "Apache-2.0"} | content
    described |= {"labels": labels, "input": {"channels": "RGB"} | content["input"]}
    (bundle / "model.json").write_text(json.dumps(described))
    return Model(ModelBundle.load(bundle))


def seen(folder: Path, file: str, photo: str, least: float = 0.3) -> list[Any]:
    loaded = model(folder, file)
    picture = decode((DATA / photo).read_bytes(), loaded.bundle.fit)
    return [detection for detection in loaded.detections(picture) if detection["confidence"] >= least]


def corners(found: dict[str, Any]) -> list[float]:
    box = found["box"]
    return [box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]]


@pytest.mark.parametrize("file", MOBILENETS)
@pytest.mark.parametrize(
    ("photo", "label"),
    [("cat_720p.jpg", "Egyptian cat"), ("parrot.jpg", "macaw"), ("bird.bmp", "chickadee"), ("hot_dog.jpg", "hotdog")],
)
def test_mobilenets_classify_photographs(folder: Path, file: str, photo: str, label: str) -> None:
    assert seen(folder, file, f"photos/{photo}")[0]["label"].startswith(label)


@pytest.mark.parametrize(
    ("photo", "label", "places"),
    [
        ("pets.jpg", "dog", [[0.21, 0.08, 0.5, 0.69], [0.67, 0.4, 0.97, 0.86]]),
        ("cat_720p.jpg", "cat", [[0.1, 0.1, 0.74, 1]]),
        ("squat.bmp", "person", [[0.21, 0.22, 0.73, 0.97]]),
        ("owl.jpg", "bird", [[0.31, 0.04, 0.65, 0.95]]),
    ],
)
def test_yolox_locates_objects(folder: Path, photo: str, label: str, places: list[list[float]]) -> None:
    """The expected boxes were measured on the photographs by eye."""
    found = [
        detection
        for detection in seen(folder, "yolox_nano.onnx", f"photos/{photo}", 0.5)
        if detection["label"] == label
    ]
    assert sorted(map(corners, found)) == [pytest.approx(place, abs=0.07) for place in places]


def test_yolox_finds_small_objects_in_a_wide_view(folder: Path) -> None:
    labels = [detection["label"] for detection in seen(folder, "yolox_nano.onnx", "photos/kite_and_cold.jpg", 0.4)]
    assert labels.count("kite") >= 3
    assert labels.count("person") >= 2


@pytest.mark.parametrize("file", DEEPLABS)
@pytest.mark.parametrize(
    ("photo", "label"),
    [("cat_720p.jpg", "cat"), ("pets.jpg", "dog"), ("squat.bmp", "person"), ("dog_segmentation.bmp", "dog")],
)
def test_deeplabs_locate_objects(folder: Path, file: str, photo: str, label: str) -> None:
    found = max(seen(folder, file, f"photos/{photo}"), key=lambda detection: float(samples.mask(detection).mean()))
    assert found["label"] == label
    assert sum(map(len, found["outline"])) <= 200


def test_a_horse_s_mask_is_much_like_the_one_drawn_by_hand(folder: Path) -> None:
    shared = []
    for drawn in sorted((DATA / "horses/mask").iterdir())[:12]:
        photo = next((DATA / "horses/photo").glob(f"{drawn.stem}.*")).relative_to(DATA)
        mask = np.any(
            [samples.mask(detection) for detection in seen(folder, DEEPLABS[1], str(photo))], 0
        )  # some are cows to it
        with Image.open(drawn) as image:
            truth = np.asarray(image.convert("L").resize(mask.shape[::-1])) > 127
        shared.append((mask & truth).sum() / (mask | truth).sum())
    assert np.mean(shared) > 0.8
