"""The training loop; skipped without torch."""

from typing import Any

import pytest

from tests.edge_ml.training.segmentation.pictures import network, stock


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
