"""The pictures that the arguments of a command name: files, folders that are searched, and URLs."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sightline.client.problem import Problem
from sightline.commands.pictures.picture_type import HEAD, named_as_picture, picture_type

LARGEST = 15 * 1024 * 1024
"""The most bytes that the API's form accepts: docs/api.md."""

_URL = re.compile(r"https?://", re.IGNORECASE)


class Picture(NamedTuple):
    """The bytes of a file and their content type."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Source:
    """One picture as the caller named it; `problem` is the reason why it cannot be sent."""

    argument: str
    problem: Problem | None = None

    @property
    def is_url(self) -> bool:
        """True if the deployment fetches the picture, and not the client."""
        return bool(_URL.match(self.argument))

    @property
    def path(self) -> Path:
        """The path of the file."""
        return Path(self.argument)

    @property
    def name(self) -> str:
        """The name of the file as text; bytes that are no UTF-8 are replaced."""
        return os.fsencode(self.path.name).decode(errors="replace")

    def read(self) -> Picture:
        """Read the file; raises Problem."""
        if self.problem:
            raise self.problem
        try:
            _check_size(self.path.stat().st_size)
            content = self.path.read_bytes()
        except OSError as error:
            raise Problem("unreadable_file", _reason(error)) from error
        content_type = picture_type(content[:HEAD], self.path)
        if content_type is None:
            raise Problem("not_an_image", "Neither the first bytes nor the name of the file are those of a picture.")
        return Picture(content, content_type)


def find_sources(arguments: Iterable[str]) -> list[Source]:
    """Return every picture that is named, in order and without duplicates."""
    return list(dict.fromkeys(source for argument in arguments for source in _sources(argument)))


def _sources(argument: str) -> list[Source]:
    if _URL.match(argument) or not Path(argument).is_dir():
        return [Source(argument)]
    errors = list[OSError]()
    readable = [Source(str(path)) for path in _walk(argument, errors.append)]
    unreadable = [Source(str(error.filename), Problem("unreadable_folder", _reason(error))) for error in errors]
    return readable + unreadable or [Source(argument, Problem("no_pictures", "This folder contains no pictures."))]


def _walk(folder: str, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield the files that are named as pictures, sorted by name; skips names that begin with a dot."""
    for parent, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in sorted(names) if not name.startswith("."))
        yield from (path for path in paths if named_as_picture(path))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _check_size(size: int) -> None:
    if not size:
        raise Problem("empty", "The file is empty.")
    if size > LARGEST:
        raise Problem("too_large", "The file is larger than the 15 MiB that the API accepts.")
