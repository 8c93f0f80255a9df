"""From an image file's bytes to the whole picture: upright, in sRGB, nothing else of the file left."""

from io import BytesIO

from PIL import Image

from edge_ml.pictures.color.modes import resizable, rgb
from edge_ml.pictures.decompression.decoder_errors import DAMAGE, damage_coded
from edge_ml.pictures.exif_orientation import is_lying, orientation_of, turned_upright
from edge_ml.pictures.formats.image_header import load, opened
from edge_ml.pictures.letterbox import Size


def upright(data: bytes, *, longest: int, shortest: int = 1, grown_to: int = 1) -> Image.Image:
    """The picture, made smaller or larger until its sides are at most `longest` and at least `shortest`.

    One whose long side is under `grown_to` grows to that. Raises ImageError.
    """
    with damage_coded():
        image = opened(data)
        size = scaled(image.size, longest=longest, shortest=shortest, grown_to=grown_to)
        image.draft(None, (2 * size[0], 2 * size[1]))
        load(image)
        orientation = orientation_of(image)
        if is_lying(orientation):
            size = scaled(image.size[::-1], longest=longest, shortest=shortest, grown_to=grown_to)[::-1]
        profile = image.info.get("icc_profile")
        if not (profile and image.mode == "CMYK"):  # what those inks look like, only the profile knows
            image = resizable(image)
        small = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
        return turned_upright(_srgb(small, profile), orientation)


def scaled(size: Size, *, longest: int, shortest: int = 1, grown_to: int = 1) -> Size:
    """The size a picture gets, in its proportions but for strips so thin that a side would fall below `shortest`."""
    grown = max(1.0, grown_to / max(size), shortest / min(size))
    scale = min(longest / max(size), grown)
    width, height = (min(max(round(side * scale), shortest), longest) for side in size)
    return (width, height)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB, by its own colour profile if it has a usable one."""
    plain = rgb(image)
    if profile:
        plain = _converted(image if image.mode in ("L", "CMYK") else plain, profile) or plain
    plain.info = {}
    return plain


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    from PIL import ImageCms  # only few pictures need it

    try:
        own, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, *DAMAGE):
        return None
