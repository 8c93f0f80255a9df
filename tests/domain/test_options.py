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
        ({"top_k": "3"}, "top_k"),
        ({"top_k": True}, "top_k"),
        ({"top_k": 1e308}, "top_k"),
        ({"top_k": [3]}, "top_k"),
        ({"top_k": 2.5}, "top_k"),
        ({"min_confidence": 1.01}, "min_confidence"),
        ({"min_confidence": "0.5"}, "min_confidence"),
        ({"min_confidence": True}, "min_confidence"),
        ({"min_confidence": float("nan")}, "min_confidence"),
        ({"min_confidence": 10**400}, "min_confidence"),
        ({"model": ""}, "model"),
        ({"model": "x" * 65}, "model"),
        ({"model": 7}, "model"),
        ({"model": "../animals"}, "model"),
        ({"model": "animals@"}, "model"),
        ({"model": "animals@1@2"}, "model"),
        ({"model": "animals\n"}, "model"),
        ({"color": "red"}, "color"),
        ({"c" * 9999: "red"}, "'c{40}'"),
    ],
)
def test_an_invalid_option_is_named_in_the_error(given: dict[str, Any], name: str) -> None:
    with pytest.raises(OptionsError, match=name):
        Options.from_dict(given)


@pytest.mark.parametrize("text", ["", "0", "101", "1_0", "１", "+3", " 3", "3.0", "true", "9" * 5000])
def test_a_text_that_is_no_whole_number_of_ascii_digits_is_refused(text: str) -> None:
    with pytest.raises(OptionsError, match="top_k"):
        Options.from_texts({"top_k": text})


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1_0", "0_1", "０.５", "-0.1", "1.01", " 0.5", "1e", "high", "0" * 5000 + "2"]
)
def test_a_text_that_is_no_fraction_in_ascii_digits_is_refused(text: str) -> None:
    with pytest.raises(OptionsError, match="min_confidence"):
        Options.from_texts({"min_confidence": text})


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("1", 1), (".5", 0.5), ("0.25", 0.25), ("1.", 1), ("5e-07", 5e-07)]
)
def test_a_fraction_may_be_written_in_each_usual_form(text: str, number: float) -> None:
    assert Options.from_texts({"min_confidence": text}) == Options(min_confidence=number)


def test_a_whole_number_of_json_may_have_a_fraction_of_zero() -> None:
    assert Options.from_dict({"top_k": 3.0}) == Options(top_k=3)
