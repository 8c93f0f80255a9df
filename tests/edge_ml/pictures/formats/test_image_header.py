"""The limits of reading a header: Pillow visits each part of a file in Python."""

from collections.abc import Iterator
from itertools import count

import pytest

from edge_ml.image_error import ImageError
from edge_ml.pictures.decode import decode
from edge_ml.pictures.formats import image_header
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import SQUARE

CHUNK = b"\0\0\0\0tiNy\x91\xb1\x32\xa4"


def seconds(step: int) -> Iterator[float]:
    """Yield the times of a clock that goes on by `step` seconds whenever it is read."""
    return (float(tick * step) for tick in count())


def png_of_chunks(chunks: int) -> bytes:
    """Return a PNG with so many empty chunks before its pixels."""
    data = samples.encoded(samples.picture())
    pixels = data.index(b"IDAT") - 4
    return data[:pixels] + CHUNK * chunks + data[pixels:]


def test_a_file_of_very_many_parts_is_given_up_and_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_header.time, "monotonic", seconds(image_header.READ_SECONDS).__next__)
    with pytest.raises(ImageError) as caught:
        decode(png_of_chunks(100_000), SQUARE)
    assert (caught.value.code, caught.value.retryable) == ("too_slow", True)


def test_a_large_file_that_is_read_in_time_is_decoded() -> None:
    assert decode(samples.encoded(samples.picture()) + bytes(2_000_000), SQUARE).size == (64, 48)
