"""The type of a picture file, by its first bytes, else by its name."""

from pathlib import PurePath

HEAD = 32
"""The number of first bytes that `picture_type` reads."""

_SIGNATURES = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF8": "gif",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"II+\x00": "tiff",
    b"MM\x00+": "tiff",
    b"BM": "bmp",
}
_BRANDS = {"avif": ("avif", "avis"), "heic": ("heic", "heix", "heim", "heis", "hevc", "hevx"), "heif": ("mif1", "msf1")}
_SUFFIXES = {
    ".avif": "avif", ".bmp": "bmp", ".gif": "gif", ".heic": "heic", ".heif": "heif", ".jfif": "jpeg", ".jpe": "jpeg",
    ".jpeg": "jpeg", ".jpg": "jpeg", ".png": "png", ".tif": "tiff", ".tiff": "tiff", ".webp": "webp",
}  # fmt: skip


def named_as_picture(path: PurePath) -> bool:
    """Return True if the name has the suffix of a picture."""
    return path.suffix.lower() in _SUFFIXES


def picture_type(head: bytes, path: PurePath) -> str | None:
    """Return the content type of a file, or None if neither its first bytes nor its name are those of a picture."""
    kind = _by_bytes(head) or _SUFFIXES.get(path.suffix.lower())
    return f"image/{kind}" if kind else None


def _by_bytes(head: bytes) -> str | None:
    signed = next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)
    return signed or ("webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else _by_brand(head))


def _by_brand(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    brands = {head[8:12], *(head[offset : offset + 4] for offset in range(16, len(head), 4))}
    return next((kind for kind, known in _BRANDS.items() if brands & {brand.encode() for brand in known}), None)
