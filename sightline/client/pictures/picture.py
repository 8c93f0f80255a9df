"""A picture as a caller names it: a path, a URL, an open file, or its bytes."""

import os
import re
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple, TypeGuard
from urllib.parse import unquote, urlsplit

from sightline.client.pictures.picture_type import HEAD, picture_type
from sightline.client.problem import InvalidRequest, Problem

LARGEST = 15 * 1024 * 1024
"""The most bytes that the form of `POST /uploads` accepts: docs/api.md."""

LARGEST_BODY = 4_500_000
"""The most bytes that `POST /classify` accepts: docs/api.md."""

PictureSource = str | os.PathLike[str] | bytes | BinaryIO
"""A path, an http(s) URL (as a text), the bytes of a picture, or a file that is open for reading bytes."""

_URL = re.compile(r"https?://", re.IGNORECASE)


class Picture(NamedTuple):
    """The bytes of a picture with their content type, and a name."""

    name: str
    content: bytes
    content_type: str


def is_url(picture: PictureSource) -> TypeGuard[str]:
    """Return True if the picture is named by a URL."""
    return isinstance(picture, str) and bool(_URL.match(picture))


def read_picture(picture: PictureSource, name: str | None = None, largest: int = LARGEST) -> Picture:
    """Read a picture that is no URL, of up to `largest` bytes; raises Problem."""
    try:
        content, own_name = _content(picture, largest)
    except OSError as error:
        raise Problem("unreadable_file", error.strerror or str(error)) from error
    check_size(len(content), largest)
    chosen = name or own_name
    content_type = picture_type(content[:HEAD], PurePath(chosen))
    if content_type is None:
        detail = "Neither the first bytes nor the name of the file are those of a picture."
        raise InvalidRequest("not_an_image", detail)
    return Picture(chosen, content, content_type)


def url_name(url: str) -> str:
    """Return the last part of the path of a URL, without its query."""
    return unquote(urlsplit(url).path.rpartition("/")[2]) or "picture"


def path_name(path: PurePath) -> str:
    """Return the name of a file as text; bytes that are no UTF-8 are replaced."""
    return os.fsencode(path.name).decode(errors="replace")


def check_size(size: int, largest: int) -> None:
    """Raise Problem for an empty file or one that is larger than the API accepts."""
    if not size:
        raise InvalidRequest("empty", "The file is empty.")
    if size > largest:
        limit = f"{largest // 2**20} MiB" if largest % 2**20 == 0 else f"{largest / 10**6:g} MB"
        raise InvalidRequest("too_large", f"The file is larger than the {limit} that the API accepts.")


def _content(picture: PictureSource, largest: int) -> tuple[bytes, str]:
    """Return the bytes and the name of a picture; a large file is not read to its end."""
    if isinstance(picture, bytes):
        return picture, "picture"
    if isinstance(picture, str | os.PathLike):
        path = Path(picture)
        check_size(path.stat().st_size, largest)
        return path.read_bytes(), path_name(path)
    return picture.read(largest + 1), path_name(PurePath(str(getattr(picture, "name", "picture"))))
