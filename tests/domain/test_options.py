"""Options: their valid values, and their form as an object's metadata."""

from typing import Any

import pytest

from domain.options import Options, OptionsError

ALL = Options(detector="edge", model="animals", top_k=3, min_confidence=0.25)


def test_options_survive_the_object_s_metadata() -> None:
    assert Options.from_metadata(ALL.to_metadata()) == ALL


@pytest.mark.parametrize("model", ["animals", "potato-leaf@1.2.0", "yolox_nano@2.0.0-rc.1+build.7"])
def test_a_model_is_a_name_or_a_name_and_a_version(model: str) -> None:
    assert Options.from_dict({"model": model}).model == model


def test_no_options_are_no_metadata() -> None:
    assert Options().to_metadata() == {}


def test_other_metadata_is_ignored() -> None:
    assert Options.from_metadata({"camera": "Leica", "top-k": "2"}) == Options(top_k=2)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"detector": "psychic"}, "detector"),
        ({"top_k": 0}, "top_k"),
        ({"top_k": 101}, "top_k"),
        ({"top_k": "many"}, "top_k"),
        ({"top_k": 2.5}, "top_k"),
        ({"min_confidence": 1.01}, "min_confidence"),
        ({"min_confidence": "nan"}, "min_confidence"),
        ({"min_confidence": "high"}, "min_confidence"),
        ({"model": ""}, "model"),
        ({"model": "x" * 65}, "model"),
        ({"model": 7}, "model"),
        ({"model": "../animals"}, "model"),
        ({"model": "animals@"}, "model"),
        ({"model": "animals@1@2"}, "model"),
        ({"model": "animals\n"}, "model"),
        ({"color": "red"}, "color"),
    ],
)
def test_an_invalid_option_is_named_in_the_error(given: dict[str, Any], name: str) -> None:
    with pytest.raises(OptionsError, match=name):
        Options.from_dict(given)


def test_a_whole_number_of_json_may_have_a_fraction_of_zero() -> None:
    assert Options.from_dict({"top_k": 3.0}) == Options(top_k=3)
