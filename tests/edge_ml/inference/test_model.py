import threading
from pathlib import Path

import numpy as np
import pytest

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.image_error import ImageError
from edge_ml.inference.decoders.classification import MIN_CONFIDENCE
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import decode
from tests.edge_ml import samples


def confidences(model: Model, color: tuple[int, int, int]) -> dict[str, float]:
    picture = decode(samples.encoded(samples.picture(color)), model.bundle.fit)
    return {seen["label"]: seen["confidence"] for seen in model.detections(picture)}


def softly(color: tuple[int, int, int], temperature: float = 1.0) -> dict[str, float]:
    logits = (np.array(color) - 127.5) / 25.5 / temperature
    return dict(zip(samples.LABELS, np.exp(logits) / np.exp(logits).sum(), strict=True))


def test_confidences_are_the_softmax_of_the_normalized_picture(colors: Model) -> None:
    assert confidences(colors, (120, 100, 90)) == pytest.approx(softly((120, 100, 90)), abs=1e-4)


def test_the_best_label_comes_first(colors: Model) -> None:
    assert list(confidences(colors, (90, 120, 100))) == ["green", "blue", "red"]


def test_labels_under_the_floor_are_left_out(colors: Model) -> None:
    seen = confidences(colors, (255, 100, 0))
    assert list(seen) == ["red"]
    assert min(softly((255, 100, 0)).values()) < MIN_CONFIDENCE


def test_a_temperature_flattens_the_confidences(tmp_path: Path) -> None:
    flat = Model(ModelBundle.load(samples.bundle(tmp_path, **samples.with_output(temperature=4))))
    assert confidences(flat, (120, 100, 90)) == pytest.approx(softly((120, 100, 90), 4), abs=1e-4)


def test_a_model_with_nan_weights_fails(tmp_path: Path) -> None:
    broken = Model(ModelBundle.load(samples.bundle(tmp_path, gain=float("nan"))))
    with pytest.raises(ImageError, match="NaN or infinity") as caught:
        confidences(broken, (1, 2, 3))
    assert (caught.value.code, caught.value.retryable) == ("model_failed", False)


def test_a_failure_inside_the_runtime_is_a_coded_one(colors: Model) -> None:
    oversized = decode(samples.encoded(samples.picture()), colors.bundle.fit.__class__((64, 64), "stretch"))
    with pytest.raises(ImageError, match="Got invalid dimensions") as caught:
        colors.detections(oversized)
    assert caught.value.code == "model_failed"
    assert caught.value.retryable


def test_two_threads_do_not_mix_their_pictures(colors: Model) -> None:
    wrong: list[object] = []

    def recognize(color: tuple[int, int, int], label: str) -> None:
        labels = [next(iter(confidences(colors, color))) for _ in range(50)]
        wrong.extend(found for found in labels if found != label)

    threads = [
        threading.Thread(target=recognize, args=given) for given in (((200, 0, 0), "red"), ((0, 0, 200), "blue"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
