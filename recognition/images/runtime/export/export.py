"""An export: pages of images are added to a file until it has enough images, is long enough, or time is up."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.options import Options
from recognition.images.runtime.export.formats.export_file import ExportFile
from recognition.images.runtime.search import Page

_PAGE_SIZE = 200
MOST_CHARACTERS = 50_000_000

ReadPage = Callable[[int, str | None], Page]
"""Returns a page of at most this many entries, older than this image ID."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export of at most `limit` images, shown with these options, until `time_is_up` returns true."""

    options: Options
    limit: int
    time_is_up: Callable[[], bool]

    def fill(self, file: ExportFile, read_page: ReadPage, after: str | None) -> str | None:
        """Add the images older than the image ID `after`; return the ID to continue from, None at the end."""
        added = 0
        while True:
            entries, after = read_page(min(_PAGE_SIZE, self.limit - added), after)
            for entry in entries:
                file.add(entry, entry.to_dict(top_k=self.options.top_k, min_confidence=self.options.min_confidence))
                if file.characters > MOST_CHARACTERS or self.time_is_up():
                    return entry.image.image_id
            added += len(entries)
            if after is None or added >= self.limit or self.time_is_up():
                return after
