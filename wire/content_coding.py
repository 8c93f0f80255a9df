"""The header Content-Encoding: whether it states a compression, or one of the other words that servers send in it."""

_COMPRESSIONS = frozenset(
    ("br", "brotli", "bzip", "bzip2", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "lz4", "lzma", "pack200-gzip",
     "snappy", "xz", "zlib", "zstd")
)  # fmt: skip
"""https://www.iana.org/assignments/http-parameters (Content Coding Registry), and what servers use beside it.

Others, such as `base64`, `aws-chunked`, `binary` and `UTF-8`, are mistakes that stay with an object in S3, whose bytes
are a picture's all the same.
"""


def is_compressed(content_encoding: str) -> bool:
    """Return whether one of the codings, separated by commas, is a compression."""
    codings = (coding.partition(";")[0].strip().lower() for coding in content_encoding.split(","))
    return any(coding.removeprefix("x-") in _COMPRESSIONS for coding in codings)
