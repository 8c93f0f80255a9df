"""Files that decoders take although a part of them was never written."""

import pytest

from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import mean_color, photo, refusal_code


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "HEIF", "GIF", "JPEG", "PNG"])
def test_a_file_of_compressed_pixels_that_ends_in_zeros_is_damaged(kind: str) -> None:
    whole = samples.encoded(photo((300, 300)), kind)
    assert refusal_code(whole[: len(whole) // 2] + bytes(len(whole) // 2)) == "damaged_image"


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "HEIF", "GIF", "JPEG", "PNG", "BMP", "TIFF"])
@pytest.mark.parametrize("color", ["black", "gray", "white"])
def test_a_picture_of_one_color_is_whole(color: str, kind: str) -> None:
    image = samples.picture(color, (640, 480))
    expected = image.getpixel((0, 0))
    assert mean_color(samples.encoded(image, kind)) == pytest.approx(expected, abs=2)
