"""The network; skipped without torch."""

import pytest

from tests.edge_ml.training.segmentation.pictures import network


def test_the_temperature_divides_the_logits() -> None:
    torch = pytest.importorskip("torch")
    segmenter = network().eval()
    images = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        logits, cooled = segmenter(images), segmenter.with_temperature(2.0)(images)
    assert logits.shape == (1, 2, 64, 96)
    assert torch.allclose(logits / 2, cooled, atol=1e-5)
