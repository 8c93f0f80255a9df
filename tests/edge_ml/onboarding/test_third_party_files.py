"""Third-party files: good ones are accepted unchanged, the others are refused with a reason."""

from pathlib import Path
from typing import Any

import pytest

from edge_ml.onboarding.labels import read as label_list
from edge_ml.onboarding.labels.label_list import LabelList
from edge_ml.onboarding.proposal.propose import propose
from edge_ml.onboarding.staging import stage_bundle
from edge_ml.serving.trial.trial_error import TrialError
from edge_ml.serving.trial.trial_run import trial_run

DATA = Path(__file__).parents[4] / "shared/data"
MODELS = DATA / "models"
FILES = sorted(path.name for path in (MODELS / "broken").glob("*"))
THREE = LabelList(("red", "green", "blue"), "labels.txt")

pytestmark = pytest.mark.skipif(not FILES, reason="no shared data")

GOOD: dict[tuple[str, str, str], tuple[dict[str, Any], str]] = {
    ("mobilenetv2_imagenet1000_nchw_logits_dynbatch.onnx", "imagenet1000_labels.txt", "parrot.jpg"): (
        {"task": "classify", "input.layout": "NCHW", "input.dtype": "float32", "output.decoding": "logits"}, "macaw",
    ),
    ("mobilenet_v2_1.0_224_quant.quant.onnx", "imagenet1001_labels_with_background.txt", "parrot.jpg"): (
        {"task": "classify", "input.layout": "NHWC", "input.dtype": "uint8", "output.scale": 1 / 256}, "macaw",
    ),
    ("yolox_nano.onnx", "coco80_labels.txt", "pets.jpg"): (
        {"task": "detect", "input.channels": "BGR", "input.resize": "letterbox_corner", "input.std": [1.0] * 3}, "dog",
    ),
    ("deeplab_v3_1_default_1.onnx", "pascal_voc_segmentation_labels.txt", "cat_720p.jpg"): (
        {"task": "segment", "input.mean": [127.5] * 3, "output.decoding": "class_scores"}, "cat",
    ),
    ("deeplabv3_mnv2_dm05_pascal_quant.quant.onnx", "pascal_voc_segmentation_labels.txt", "cat_720p.jpg"): (
        {"task": "segment", "input.size": [513, 513], "output.decoding": "class_map"}, "cat",
    ),
}  # fmt: skip

CODES = {
    "custom_op.onnx": "unsupported_operator",
    "endless_loop.onnx": "too_slow",
    "external_data_absolute.onnx": "external_data",
    "external_data_missing.onnx": "external_data",
    "external_data_traversal.onnx": "external_data",
    "helper_mask-yolov8-seg.onnx": "unsupported_input",
    "helper_nms-yolov8.onnx": "unsupported_input",
    "ir_version_99.onnx": "unsupported_version",
    "lfs_pointer.onnx": "not_a_model",
    "memory_bomb_57GB.onnx": "too_much_memory",
    "nan_output.onnx": "not_a_number",
    "opset_99.onnx": "unsupported_version",
    "output_is_image.onnx": "unsupported_output",
    "random_bytes.onnx": "not_a_model",
    "string_input.onnx": "unsupported_input",
    "tflite_renamed.onnx": "not_a_model",
    "truncated_half.onnx": "not_a_model",
    "zero_bytes.onnx": "not_a_model",
}


@pytest.mark.parametrize("files", GOOD, ids=lambda files: files[0])
def test_a_good_file_is_accepted_unchanged_and_recognizes_the_photo(
    files: tuple[str, str, str], tmp_path: Path
) -> None:
    model, labels, photo = files
    expected, best = GOOD[files]
    proposed = propose(MODELS / model, label_list.read_labels(MODELS / labels), {})
    assert {field: proposed[field] for field in expected} == expected
    stage_bundle(tmp_path / "bundle", MODELS / model, proposed)
    assert (tmp_path / "bundle/model.onnx").read_bytes() == (MODELS / model).read_bytes()
    assert best in trial_run(tmp_path / "bundle", DATA / "photos" / photo)[0]["label"]


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("ok_")])
def test_a_broken_file_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(TrialError) as caught:
        propose(MODELS / "broken" / name, THREE, {})
    assert caught.value.code == CODES[name]
    assert caught.value.detail.endswith(".")


def test_the_one_that_is_in_order_is_taken(tmp_path: Path) -> None:
    model = MODELS / "broken/ok_tiny_mean_rgb_3class.onnx"
    stage_bundle(tmp_path / "bundle", model, propose(model, THREE, {}))
    assert trial_run(tmp_path / "bundle")[0]["label"] in THREE.names


def test_a_label_too_many_is_refused_with_both_numbers() -> None:
    with pytest.raises(TrialError, match=r"has 1000 labels and imagenet1001\S+ holds 1001\..*background"):
        propose(
            MODELS / next(iter(GOOD))[0], label_list.read_labels(MODELS / "imagenet1001_labels_with_background.txt"), {}
        )
