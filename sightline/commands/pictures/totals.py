"""The last lines of a command that searched folders: a total by label, and what was skipped."""

import sys
from collections import Counter
from collections.abc import Iterable

from sightline.commands.pictures.sources import Sources
from sightline.output.text import printable

FAILED = "failed"


def print_totals(sources: Sources, labels: Iterable[str], *, machine: bool) -> None:
    """Print to stderr how many pictures have which label, the most frequent first, and what was skipped.

    Nothing is printed for programs, nor where no folder was searched.
    """
    if machine or not sources.searched:
        return
    counts = Counter(labels)
    pictures = "1 picture" if counts.total() == 1 else f"{counts.total()} pictures"
    shares = ", ".join(f"{count} {label}" for label, count in counts.most_common())
    for line in (f"{pictures}: {shares}." if counts else "", sources.skipped_line()):
        if line:
            print(printable(line), file=sys.stderr, flush=True)
