"""A bar on the terminal while pictures are on their way; elsewhere nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from sightline.client.form import Tell


class Share:
    """One picture's part of the bar, of which it may use up some on its way and the rest at its end."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._told = tell, 0.0

    def __call__(self, advance: float) -> None:
        """Use up some."""
        self._told += advance
        self._tell(advance)

    def complete(self) -> None:
        """Use up what is left."""
        self(1 - self._told)


@contextmanager
def bar(doing: str, total: int) -> Iterator[Tell]:
    """A bar of so many pictures; gives what advances it."""
    said = TextColumn("{task.completed:.0f} of {task.total:.0f}")
    with _shown(total, TextColumn(doing), BarColumn(), said, TimeRemainingColumn()) as tell:
        yield tell


@contextmanager
def counter(doing: str, things: str) -> Iterator[Tell]:
    """How many so far, where nobody knows how many there will be; gives what counts on."""
    with _shown(None, TextColumn(doing), BarColumn(), TextColumn(f"{{task.completed:.0f}} {things}")) as tell:
        yield tell


@contextmanager
def _shown(total: int | None, *columns: ProgressColumn) -> Iterator[Tell]:
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda advance: progress.advance(task, advance)
