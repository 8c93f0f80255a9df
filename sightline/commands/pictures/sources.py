"""What the arguments of a command name: files, folders that are walked for pictures, URLs."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sightline.client.problem import Problem
from sightline.commands.pictures.picture_type import HEAD, named_as_picture, picture_type

LARGEST = 15 * 1024 * 1024
"""What the API's form takes: docs/api.md."""

_URL = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """One picture as the caller named it; a `problem` says why there is none."""

    given: str
    problem: Problem | None = None

    @property
    def is_url(self) -> bool:
        """Whether the API fetches it, and not we."""
        return bool(_URL.match(self.given))

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.given)

    @property
    def name(self) -> str:
        """The file's name as text, whatever bytes it is made of."""
        return os.fsencode(self.path.name).decode(errors="replace")

    def read(self) -> tuple[bytes, str]:
        """The file's bytes and their content type; raises Problem."""
        if self.problem:
            raise self.problem
        try:
            _check(self.path.stat().st_size)
            picture = self.path.read_bytes()
        except OSError as error:
            raise Problem("unreadable_file", _reason(error)) from error
        content_type = picture_type(picture[:HEAD], self.path)
        if content_type is None:
            raise Problem("not_an_image", "Neither its first bytes nor its name are a picture's.")
        return picture, content_type


def find(arguments: Iterable[str]) -> list[Source]:
    """Every picture named, in order, each once."""
    return list(dict.fromkeys(source for given in arguments for source in _named(given)))


def _named(given: str) -> list[Source]:
    if _URL.match(given) or not Path(given).is_dir():
        return [Source(given)]
    unreadable = list[OSError]()
    found = [Source(str(path)) for path in _walk(given, unreadable.append)]
    refused = [Source(str(each.filename), Problem("unreadable_folder", _reason(each))) for each in unreadable]
    return found + refused or [Source(given, Problem("no_pictures", "There are no pictures in this folder."))]


def _walk(folder: str, note: Callable[[OSError], None]) -> Iterator[Path]:
    """Files named as pictures, by name; what begins with a dot is hidden from us too."""
    for place, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(place, name) for name in sorted(names) if not name.startswith("."))
        yield from (path for path in paths if named_as_picture(path))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _check(size: int) -> None:
    if not size:
        raise Problem("empty", "The file is empty.")
    if size > LARGEST:
        raise Problem("too_large", "It is larger than the 15 MB that the API takes.")
