"""The pictures that the arguments of a command name: files, folders that are searched, and URLs."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sightline.client.pictures.picture import is_url, path_name
from sightline.client.pictures.picture_type import named_as_picture
from sightline.client.problem import Problem

_SYSTEM = {
    "@eadir", "@__thumb", "@recycle", "#recycle", "#snapshot", "__macosx", "$recycle.bin",
    "system volume information", "lost+found", "thumbs.db", "ehthumbs.db", "desktop.ini",
}  # fmt: skip
"""The files and folders that Windows, macOS and NAS systems (Synology, QNAP) add to a folder, in lower case."""

_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Source:
    """One picture as the caller named it; `problem` is the reason why it cannot be sent."""

    argument: str
    problem: Problem | None = None

    @property
    def is_url(self) -> bool:
        """True if the picture is named by a URL."""
        return is_url(self.argument)

    @property
    def name(self) -> str | None:
        """The name of a file as text; None for a URL."""
        return None if self.is_url else path_name(Path(self.argument))


@dataclass(slots=True)
class Sources:
    """The pictures that were found, in order and without duplicates, and what a search of folders left out.

    `skipped` counts the files and folders that were left out by their reason, with the first names of each.
    """

    found: list[Source] = field(default_factory=list)
    searched: bool = False
    skipped: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, reason: str, name: str) -> None:
        """Count a file or folder that is left out."""
        self.skipped[reason] += 1
        self.names.setdefault(reason, []).append(name)

    def skipped_line(self) -> str:
        """Return what was skipped in one line, or an empty text."""
        parts = (f"{count} {reason} ({self._shown(reason)})" for reason, count in self.skipped.items())
        return f"Skipped: {', '.join(parts)}." if self.skipped else ""

    def _shown(self, reason: str) -> str:
        names = list(dict.fromkeys(self.names[reason]))
        return ", ".join([*names[:_NAMES_SHOWN], *(["…"] if len(names) > _NAMES_SHOWN else [])])


def find_sources(arguments: Iterable[str]) -> Sources:
    """Return every picture that is named."""
    sources = Sources()
    for argument in arguments:
        if is_url(argument) or not Path(argument).is_dir():
            sources.found.append(Source(argument))
        else:
            sources.searched = True
            sources.found += _search(argument, sources)
    sources.found = list(dict.fromkeys(sources.found))
    return sources


def _search(folder: str, sources: Sources) -> list[Source]:
    errors = list[OSError]()
    readable = [Source(str(path)) for path in _walk(folder, errors.append, sources)]
    unreadable = [Source(str(error.filename), Problem("unreadable_folder", _reason(error))) for error in errors]
    return readable + unreadable or [Source(folder, Problem("no_pictures", "This folder contains no pictures."))]


def _walk(folder: str, on_error: Callable[[OSError], None], sources: Sources) -> Iterator[Path]:
    """Yield the files that are named as pictures, sorted by name."""
    for parent, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = [name for name in sorted(folders) if _is_searched(name, sources)]
        for name in sorted(names):
            if not _is_searched(name, sources):
                continue
            if named_as_picture(Path(name)):
                yield Path(parent, name)
            else:
                sources.skip("not named as a picture", name)


def _is_searched(name: str, sources: Sources) -> bool:
    """Return False for a hidden file or folder and one of the operating system, and count it."""
    if name.lower() in _SYSTEM:
        sources.skip("of the system", name)
    elif name.startswith("."):
        sources.skip("hidden", name)
    else:
        return True
    return False


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
