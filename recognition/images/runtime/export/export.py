"""Filling an export with images until there are enough of them, it is long enough, or the caller has waited enough."""

from collections.abc import Callable, Sequence

from domain.options import Options
from recognition.images.runtime.export.formats.export_file import ExportFile
from recognition.results.runtime.entry import Entry

Page = tuple[Sequence[Entry], str | None]

_AT_ONCE = 200
MOST_CHARACTERS = 50_000_000


def fill(
    file: ExportFile,
    asked: Options,
    most: int,
    after: str | None,
    page: Callable[[int, str | None], Page],
    waited_enough: Callable[[], bool],
) -> str | None:
    """Add the images older than id `after`, at most so many; answers the id to go on from, None at the end."""
    taken = 0
    while True:
        entries, after = page(min(_AT_ONCE, most - taken), after)
        for entry in entries:
            shown = entry.to_dict(top_k=asked.top_k, min_confidence=asked.min_confidence)
            file.add(entry, shown)
            if file.characters > MOST_CHARACTERS or waited_enough():
                return entry.image.image_id
        taken += len(entries)
        if after is None or taken >= most or waited_enough():
            return after
