"""An export, written into one file or into several numbered ones."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sightline.client.problem import Problem
from sightline.client.schemas.collections import ExportPart
from sightline.client.transport.api import Api


class ExportedFile(NamedTuple):
    """One file of an export, complete: its path, its format and the number of its images."""

    path: Path
    format: str
    images: int


def export_files(
    api: Api, path: Path, query: Mapping[str, object], on_file: Callable[[ExportedFile], None] | None
) -> list[ExportedFile]:
    """Download every part of an export; raises Problem, after which the files before remain."""
    files = list[ExportedFile]()
    for file, part in _parts(api, query, path):
        _save(api, part["url"], file)
        files.append(ExportedFile(file, part["format"], part["images"]))
        if on_file:
            on_file(files[-1])
    return files


class _PartFile(NamedTuple):
    """One part of an export, and the file it is written into."""

    path: Path
    part: ExportPart


def _parts(api: Api, query: Mapping[str, object], path: Path) -> Iterator[_PartFile]:
    """Yield each part with its file: `path` itself for the only part, a numbered one otherwise."""
    number, cursor = 1, None
    while number == 1 or cursor:
        part: ExportPart = api.get("/images/export", {**query, "cursor": cursor})
        cursor = part["next_cursor"]
        yield _PartFile(path if number == 1 and not cursor else _numbered(path, number), part)
        number += 1


def _numbered(path: Path, number: int) -> Path:
    name, dot, suffixes = path.name.partition(".")
    return path.with_name(f"{name}-{number}{dot}{suffixes}")


def _save(api: Api, url: str, path: Path) -> None:
    """Download a complete file or none; an existing file is never overwritten."""
    if path.exists():
        raise Problem("file_exists", f"{path} exists already; name another file.")
    partial = path.with_name(f"{path.name}.part")
    try:
        with partial.open("wb") as file:
            api.download(url, file)
        partial.replace(path)
    except OSError as error:
        raise Problem("unwritable_file", f"{path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
