import pytest

from edge_ml.pictures.formats.signatures import PLUGINS, detect_format
from tests.edge_ml import samples


@pytest.mark.parametrize("kind", PLUGINS)
def test_files_written_by_pillow_are_recognized_by_their_signature(kind: str) -> None:
    assert detect_format(samples.encoded(samples.picture(), kind)) == kind


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"8BPS\0\1", "PSD"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
        (b"\xff\xd8", None),
        (b"<html>", None),
    ],
)
def test_other_files_are_recognized_by_their_signature(data: bytes, name: str | None) -> None:
    assert detect_format(data) == name
