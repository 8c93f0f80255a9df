"""Options: what a caller may ask, and the way it rides on an object's metadata."""

from typing import Any

import pytest

from domain.options import Options, OptionsError

ALL = Options(detector="edge", model="animals", top_k=3, min_confidence=0.25)


def test_options_survive_the_object_s_metadata() -> None:
    assert Options.from_metadata(ALL.to_metadata()) == ALL


def test_nothing_asked_is_no_metadata() -> None:
    assert Options().to_metadata() == {}


def test_metadata_of_the_uploader_s_own_is_left_alone() -> None:
    assert Options.from_metadata({"camera": "Leica", "top-k": "2"}) == Options(top_k=2)


@pytest.mark.parametrize(
    ("given", "complaint"),
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
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_asked_is_named(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(OptionsError, match=complaint):
        Options.from_dict(given)
