"""Image formats by their signature (first bytes): those that are decoded, and those that are only named in errors."""

from collections.abc import Iterator

PLUGINS = {
    "JPEG": "PIL.JpegImagePlugin",
    "PNG": "PIL.PngImagePlugin",
    "GIF": "PIL.GifImagePlugin",
    "WEBP": "PIL.WebPImagePlugin",
    "TIFF": "edge_ml.pictures.tiff.plugin",
    "BMP": "PIL.BmpImagePlugin",
    "AVIF": "PIL.AvifImagePlugin",
    "HEIF": "edge_ml.pictures.formats.heif",
}
"""Each decoded format and the module with its decoder. Without this, Pillow imports all of its forty."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0\x10\0\0\0CR", "CR2 (a Canon camera's raw pixels)"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "big-endian BigTIFF"),
    (b"BM", "BMP"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"IIRO", "ORF (an Olympus camera's raw pixels)"),
    (b"IIRS", "ORF (an Olympus camera's raw pixels)"),
    (b"MMOR", "ORF (an Olympus camera's raw pixels)"),
    (b"IIU\0", "RW2 (a Panasonic camera's raw pixels)"),
    (b"FUJIFILMCCD-RAW", "RAF (a Fujifilm camera's raw pixels)"),
    (b"8BPS", "PSD"),
    (b"\xd7\xcd\xc6\x9a", "WMF"),
    (b"\0\0\1\0", "ICO"),
    (b"\x01\xda", "SGI"),
    (b"v/1\x01", "OpenEXR"),
    (b"gimp xcf", "XCF"),
    (b"qoif", "QOI"),
    (b"%!PS", "PostScript"),
    (b"<svg", "SVG"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}


def detect_format(data: bytes) -> str | None:
    """Return the format whose signature these bytes begin with, or None."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _format_of_brands(set(_brands(data)))
    return next((name for magic, name in _SIGNATURES if data.startswith(magic)), None)


def _brands(data: bytes) -> Iterator[bytes]:
    """Yield the major and the compatible brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    return (data[start : start + 4] for start in range(8, end, 4))


def _format_of_brands(brands: set[bytes]) -> str | None:
    if b"crx " in brands:
        return "CR3 (a Canon camera's raw pixels)"
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & _HEIF_BRANDS else None
