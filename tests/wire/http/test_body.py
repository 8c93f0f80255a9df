"""Pictures in a request's body: their type by their first bytes, and refusals by size or format."""

import pytest

from tests.photographs import photograph
from wire.http.api import ApiError
from wire.http.body import LARGEST, image_body_type

JPEG = b"\xff\xd8\xff"


def test_the_type_of_a_picture_is_that_of_its_first_bytes() -> None:
    assert image_body_type(photograph()) == "image/jpeg"
    assert image_body_type(JPEG + b"0" * (LARGEST - len(JPEG))) == "image/jpeg"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "empty"),
        (JPEG + b"0" * LARGEST, 413, "too_large"),
        (b"No pixels.", 415, "not_an_image"),
        (b"%PDF-1.7", 415, "unsupported_format"),
    ],
)
def test_a_body_that_is_no_acceptable_picture_is_refused(body: bytes, status: int, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        image_body_type(body)
    assert (caught.value.status, caught.value.code, caught.value.retryable) == (status, code, False)
