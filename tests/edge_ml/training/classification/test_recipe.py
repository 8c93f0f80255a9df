"""The recipe of a fine-tuning."""

import pytest

from edge_ml.training.classification.recipe import Recipe, learning_rate_share


def test_the_first_views_are_smaller_and_all_sizes_are_multiples_of_the_stride() -> None:
    recipe = Recipe(epochs=5, size=192, small_share=0.6)
    assert [recipe.size_at(epoch / 5) for epoch in range(5)] == [128, 128, 128, 192, 192]


def test_all_views_are_full_size_unless_the_recipe_says_otherwise() -> None:
    assert Recipe(epochs=1, size=160).size_at(0) == 160


def test_the_learning_rate_rises_and_then_falls_to_zero() -> None:
    rates = [learning_rate_share(progress / 100) for progress in range(101)]
    peak = rates.index(max(rates))
    assert 0 < peak < 10
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0)
