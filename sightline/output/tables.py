"""Tables for people."""

from collections.abc import Collection, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sightline.output.text import printable

_WIDTH = 10_000
"""Rows are never folded: ids and names stay whole, to be copied and to be searched for."""


def print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ("confidence",)
) -> None:
    """Print rows without the columns that are empty in all of them; columns named in `numbers` are right-aligned."""
    columns = [column for column in range(len(headings)) if any(row[column] for row in rows)]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(headings[column], justify="right" if headings[column] in numbers else "left")
    for row in rows:
        table.add_row(*(Text(printable(row[column])) for column in columns))
    if columns:
        Console(highlight=False, width=_WIDTH).print(table)
