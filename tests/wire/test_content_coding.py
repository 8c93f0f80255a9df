"""A Content-Encoding that is a compression is told from the other words that servers send."""

import pytest

from wire.content_coding import is_compressed


@pytest.mark.parametrize(
    "coding", ["gzip", "GZIP", " br ", "identity, zstd", "x-gzip;q=1", "aws-chunked,deflate", "compress"]
)
def test_a_compression(coding: str) -> None:
    assert is_compressed(coding)


@pytest.mark.parametrize(
    "coding", ["", "identity", "base64", "aws-chunked", "UTF-8", "none", "binary", "gzipped, 7bit"]
)
def test_no_compression(coding: str) -> None:
    assert not is_compressed(coding)
