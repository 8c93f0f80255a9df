"""The type of a picture by its first bytes; a file name or a header may be wrong."""

HEAD = 32
"""The number of first bytes that `image_type` needs."""

_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"II+\x00": "image/tiff",
    b"MM\x00+": "image/tiff",
}
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_HEIF_BRANDS = {b"mif1", b"msf1"}
_BMP_HEADERS = {12, 40, 52, 56, 64, 108, 124}
_UNSUPPORTED = {
    b"\x00\x00\x00\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"FUJIFILMCCD-RAW": "A camera's raw file",
    b"IIRO": "A camera's raw file",
    b"IIRS": "A camera's raw file",
    b"IIU\x00": "A camera's raw file",
    b"MMOR": "A camera's raw file",
    b"\x00\x00\x00\x18ftypcrx ": "A camera's raw file",
    b"8BPS": "Photoshop",
    b"\x00\x00\x01\x00": "icon",
    b"<svg": "SVG",
    b"%PDF": "PDF",
}

_CONTAINED = {"image/avif", "image/bmp", "image/heic", "image/heif", "image/webp"}
CONTENT_TYPES = tuple(sorted({*_SIGNATURES.values(), *_CONTAINED}))
"""The content types that are accepted."""


class ImageTypeError(ValueError):
    """The bytes are not a supported picture: `code` is `not_an_image` or `unsupported_format`, `detail` a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def image_type(head: bytes) -> str:
    """Return the content type of a picture that begins with these bytes; raises ImageTypeError."""
    found = _signed(head) or _container(head)
    if found:
        return found
    known = next((name for signature, name in _UNSUPPORTED.items() if head.startswith(signature)), None)
    if known:
        raise ImageTypeError("unsupported_format", f"{known} is not supported. Supported formats: {_accepted()}.")
    raise ImageTypeError("not_an_image", f"The bytes are not a picture. Supported formats: {_accepted()}.")


def _signed(head: bytes) -> str | None:
    return next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)


def _container(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    brands = _brands(head)
    by_brand = {"image/avif": _AVIF_BRANDS, "image/heic": _HEIC_BRANDS, "image/heif": _HEIF_BRANDS}
    return next((kind for kind, known in by_brand.items() if brands & known), None)


def _brands(head: bytes) -> set[bytes]:
    """Return the major and compatible brands of an ISO base media file (ISO/IEC 14496-12, 4.3) within `head`."""
    return {head[8:12], *(head[at : at + 4] for at in range(16, len(head), 4))} if head[4:8] == b"ftyp" else set()


def _accepted() -> str:
    return ", ".join(kind.removeprefix("image/").upper() for kind in CONTENT_TYPES)
