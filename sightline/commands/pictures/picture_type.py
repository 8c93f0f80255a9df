"""What kind of picture a file is, by its first bytes and only then by its name."""

from pathlib import PurePath

HEAD = 32
"""How many first bytes `picture_type` wants to see."""

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
    """Whether the name ends as those of pictures do."""
    return path.suffix.lower() in _SUFFIXES


def picture_type(head: bytes, path: PurePath) -> str | None:
    """The content type to send it under, or None where neither bytes nor name tell."""
    kind = _by_bytes(head) or _SUFFIXES.get(path.suffix.lower())
    return f"image/{kind}" if kind else None


def _by_bytes(head: bytes) -> str | None:
    signed = next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)
    return signed or ("webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else _by_brand(head))


def _by_brand(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, len(head), 4))}
    return next((kind for kind, known in _BRANDS.items() if brands & {each.encode() for each in known}), None)
