"""A progress bar on stderr if it is a terminal; nothing otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from sightline.client.transport.form import Progress as Advance


class Share:
    """One picture's share of the progress bar: sending uses up a part of the share, completing uses up the rest."""

    def __init__(self, advance: Advance) -> None:
        self._advance, self._used = advance, 0.0

    def __call__(self, fraction: float) -> None:
        """Use up a fraction of the share; negative where sending starts over."""
        self._used += fraction
        self._advance(fraction)

    def complete(self) -> None:
        """Use up the rest."""
        self(1 - self._used)


@contextmanager
def bar(action: str, total: int) -> Iterator[Advance]:
    """Show a bar for `total` pictures; yields the function that advances it."""
    count = TextColumn("{task.completed:.0f} of {task.total:.0f}")
    with _progress(total, TextColumn(action), BarColumn(), count, TimeRemainingColumn()) as advance:
        yield advance


@contextmanager
def counter(action: str, unit: str) -> Iterator[Advance]:
    """Show a count whose total is unknown; yields the function that adds to it."""
    with _progress(None, TextColumn(action), BarColumn(), TextColumn(f"{{task.completed:.0f}} {unit}")) as advance:
        yield advance


@contextmanager
def _progress(total: int | None, *columns: ProgressColumn) -> Iterator[Advance]:
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda fraction: progress.advance(task, fraction)
