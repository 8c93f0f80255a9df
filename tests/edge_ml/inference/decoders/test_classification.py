"""The decoder of classifiers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.image_error import ImageError
from edge_ml.inference.decoders.classification import MIN_CONFIDENCE, ClassificationDecoder
from edge_ml.inference.decoders.probabilities import softmax
from tests.edge_ml import samples


def decoded(folder: Path, values: list[float], **output: Any) -> dict[str, float]:
    decoder = ClassificationDecoder(ModelBundle.load(samples.bundle(folder, **samples.with_output(**output))))
    return {detection["label"]: detection["confidence"] for detection in decoder.decode([np.array([values])], (1, 1))}


def test_very_large_logits_do_not_overflow() -> None:
    assert softmax(np.array([1e6, 0.0])).tolist() == [1.0, 0.0]


def test_logits_become_probabilities(tmp_path: Path) -> None:
    assert decoded(tmp_path, [0, np.log(2), 0]) == pytest.approx({"green": 0.5, "red": 0.25, "blue": 0.25})


def test_probabilities_stay_as_they_are(tmp_path: Path) -> None:
    assert decoded(tmp_path, [0.25, 0.125, 0.5], decoding="probabilities") == {"blue": 0.5, "red": 0.25, "green": 0.125}


def test_a_quantized_output_is_scaled(tmp_path: Path) -> None:
    confidences = decoded(tmp_path, [128, 2, 64], decoding="probabilities", scale=1 / 256)
    assert confidences == {"red": 0.5, "blue": 0.25}
    assert MIN_CONFIDENCE > 2 / 256


def test_rounding_never_leaves_as_a_confidence_beyond_one(tmp_path: Path) -> None:
    assert decoded(tmp_path, [1.004, -0.004, 0], decoding="probabilities") == {"red": 1.0}


@pytest.mark.parametrize("values", [[7.5, 0, 0], [-3, 1, 1], [255, 0, 1]])
def test_an_impossible_probability_is_a_failure_of_the_model(tmp_path: Path, values: list[float]) -> None:
    with pytest.raises(ImageError, match="not probabilities") as caught:
        decoded(tmp_path, values, decoding="probabilities")
    assert caught.value.code == "model_failed"


def test_below_the_threshold_unknown_comes_first_and_all_adds_up_to_one(tmp_path: Path) -> None:
    confidences = decoded(tmp_path, [0.5, 0.3, 0.2], decoding="probabilities", unknown_below=0.6)
    assert next(iter(confidences)) == "unknown"
    assert confidences["unknown"] == pytest.approx(0.6 / 1.6)
    assert sum(confidences.values()) == pytest.approx(1)


def test_above_the_threshold_there_is_no_unknown(tmp_path: Path) -> None:
    confidences = decoded(tmp_path, [0.7, 0.2, 0.1], decoding="probabilities", unknown_below=0.6)
    assert confidences == pytest.approx({"red": 0.7, "green": 0.2, "blue": 0.1})


def test_independent_scores_do_not_share_a_sum(tmp_path: Path) -> None:
    confidences = decoded(tmp_path, [np.log(3), np.log(4), -9], decoding="sigmoid", threshold=0.5)
    assert confidences == pytest.approx({"green": 0.8, "red": 0.75})


@pytest.mark.parametrize(("decoding", "score"), [("sigmoid", np.log(4)), ("probabilities", 0.8)])
def test_one_score_is_the_second_label_s(tmp_path: Path, decoding: str, score: float) -> None:
    bundle = samples.bundle(tmp_path, labels=["no", "yes"], **samples.with_output(decoding=decoding))
    found = ClassificationDecoder(ModelBundle.load(bundle)).decode([np.array([[score]])], (1, 1))
    assert [detection["label"] for detection in found] == ["yes", "no"]
    assert [detection["confidence"] for detection in found] == pytest.approx([0.8, 0.2])


def test_one_score_may_be_the_only_label_s(tmp_path: Path) -> None:
    bundle = samples.bundle(tmp_path, labels=["yes"], **samples.with_output(decoding="sigmoid"))
    assert [
        (found["label"], found["confidence"])
        for found in ClassificationDecoder(ModelBundle.load(bundle)).decode([np.array([[0.0]])], (1, 1))
    ] == [("yes", 0.5)]
