import pytest

from api.ingest.runtime.image_name import image_name, name_in_url
from domain.image import image_key


@pytest.mark.parametrize(
    "name",
    [
        "cat.jpg",
        "a b.jpg",
        "a+b.jpg",
        "100%.jpg",
        "a%20b.jpg",
        "Katze ü 猫.jpg",
        "👩‍👩‍👧.png",
        "a&b=c?d#e.jpg",
        ".hidden",
        "a:b*c",
    ],
)
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    assert image_name(name) == name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("holiday/cat.jpg", "cat.jpg"),
        ("holiday\\cat.jpg", "cat.jpg"),
        ("../../etc/passwd", "passwd"),
        ("cat.jpg/", "cat.jpg"),
        ("ca\x00t\r\n.jpg\x7f", "cat.jpg"),
        ("cat\u2028.jpg", "cat.jpg"),
        ("cat\ud800.jpg", "cat.jpg"),
        ("  cat.jpg  ", "cat.jpg"),
        ("u\u0308.jpg", "ü.jpg"),
        ("cat\u202egpj.exe", "catgpj.exe"),
        ("\u2066cat\u2069\u200f.jpg", "cat.jpg"),
        ("${filename}", "$(filename}"),
        ("a$${{filename}.jpg", "a$$({filename}.jpg"),
        ("$\u200f{filename}", "$(filename}"),
        ("$\x00{filename}", "$(filename}"),
        ("a" * 300, "a" * 200),
    ],
)
def test_a_name_is_one_clean_segment(given: str, name: str) -> None:
    assert image_name(given) == name


def test_a_name_loses_every_noncharacter() -> None:
    noncharacters = [*range(0xFDD0, 0xFDF0), *(plane << 16 | end for plane in range(17) for end in (0xFFFE, 0xFFFF))]
    assert len(noncharacters) == 66
    assert [image_name(f"a{chr(code)}.jpg") for code in noncharacters] == ["a.jpg"] * 66


@pytest.mark.parametrize("given", [None, "", " ", "/", "..", ".", "a/..", "\x00"])
def test_without_a_usable_name_the_next_one_is_used(given: str | None) -> None:
    assert image_name(given, "cat.jpg") == "cat.jpg"
    assert image_name(given) == "image"


@pytest.mark.parametrize(
    ("path", "name"),
    [("/a/cat.jpg", "cat.jpg"), ("/a/cat.jpg?v=1/2", "cat.jpg"), ("/a%20b%2Bc%25.jpg", "a b+c%.jpg"),
     ("/%C3%BC+.jpg", "ü+.jpg"), ("/", ""), ("/?a=/b.jpg", ""), ("/%FF.jpg", "\ufffd.jpg")],
)  # fmt: skip
def test_a_url_s_last_segment_is_its_picture_s_name(path: str, name: str) -> None:
    assert name_in_url(path) == name


def test_the_longest_name_fits_into_a_key() -> None:
    name = image_name("👩" * 300)
    assert len(image_key("o" * 36, f"img_{'0' * 32}", name, has_options=True).encode()) <= 1024
