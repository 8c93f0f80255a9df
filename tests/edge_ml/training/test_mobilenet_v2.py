"""MobileNetV2 read from the teacher's file; skipped without torch."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
runtime = pytest.importorskip("onnxruntime")

from edge_ml.training.classification.augmentation.batches import normalize  # noqa: E402
from edge_ml.training.classification.task import TEACHER  # noqa: E402
from edge_ml.training.mobilenet_v2 import CHANNELS, MobileNetV2  # noqa: E402

FILE = Path(__file__).parents[4] / "shared" / "data" / TEACHER
MEAN, STD = np.array([123.675, 116.28, 103.53], np.float32), np.array([58.395, 57.12, 57.375], np.float32)


@pytest.mark.skipif(not FILE.exists(), reason="the teacher's file is not here")
def test_the_network_repeats_the_teacher_it_was_read_from() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), np.uint8)
    given = ((pixels.astype(np.float32) - MEAN) / STD).transpose(0, 3, 1, 2)
    session = runtime.InferenceSession(FILE, providers=["CPUExecutionProvider"])
    expected = session.run(None, {"input": np.ascontiguousarray(given)})[0]
    with torch.no_grad():
        logits = MobileNetV2.from_onnx(FILE).logits(normalize(pixels)).numpy()
    assert np.abs(logits - expected).max() < 1e-3


def test_each_map_is_half_as_large_as_the_last() -> None:
    maps = MobileNetV2()(torch.zeros(1, 3, 64, 96))
    assert [tuple(found.shape[1:]) for found in maps] == [
        (channels, 32 // 2**n, 48 // 2**n) for n, channels in enumerate(CHANNELS)
    ]
