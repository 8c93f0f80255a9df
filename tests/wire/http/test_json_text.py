"""JSON from callers is read strictly, and JSON for callers can always be sent."""

import json

import pytest

from tests.hostile_json import NO_JSON
from wire.http.json_text import read_json, write_json


@pytest.mark.parametrize("raw", [body for name, body in NO_JSON.items() if name not in ("a list", "a text")])
def test_what_is_no_json_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (any of its kinds)
        read_json(raw)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_unicode_encoding(encoding: str) -> None:
    assert read_json('{"name": "Käse 猫 😀"}'.encode(encoding)) == {"name": "Käse 猫 😀"}


def test_an_escaped_pair_of_surrogates_is_one_character() -> None:
    assert read_json(rb'"\ud83d\ude00"') == "😀"


def test_texts_are_written_as_they_are() -> None:
    assert write_json({"ü": "猫"}) == '{"ü": "猫"}'


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    assert json.loads(write_json(["ü", "\ud800"]).encode()) == ["ü", "\ud800"]
