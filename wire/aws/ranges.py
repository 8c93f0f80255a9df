"""Ranges: the rows of several partitions as one list, in the order of their sort keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from wire.aws.rows import Item


class Rows(NamedTuple):
    """Rows of one partition in order, and whether there are more after them."""

    items: Sequence[Item]
    more: bool


class Merged(NamedTuple):
    """Rows in order, and the sort key after which the list goes on; None at its end."""

    items: list[Item]
    last: str | None


Read = Callable[[str, str | None, int], Rows]
"""Read rows of a partition after a sort key, or from the beginning, as many as a number says if there are so many."""


@dataclass(slots=True)
class _Range:
    """A partition, and those of its rows that were read and are not in the list yet."""

    partition: str
    after: str | None
    waiting: list[Item]
    more: bool = True


class Order(NamedTuple):
    """The order of a list: by this attribute, the sort key, ascending if `forward`."""

    sort_key: str
    forward: bool

    def of(self, row: Item) -> str:
        """Return a row's sort key."""
        return row[self.sort_key]["S"]


def merged(read: Read, partitions: Sequence[str], order: Order, limit: int, after: str | None) -> Merged:
    """Return at most `limit` rows after the sort key `after`; of two rows with the same sort key, the first one read.

    Each partition is asked for its even share of the rows that are still missing, so few are read in vain: the share
    that is left is the last one of every other partition, and what chance has put into it.
    """
    ranges = [_Range(partition, after, []) for partition in partitions]
    items: list[Item] = []
    while len(items) < limit:
        for part in ranges:
            if part.more and not part.waiting:
                found = read(part.partition, part.after, ceil((limit - len(items)) / len(ranges)))
                part.waiting, part.more = list(found.items), found.more and bool(found.items)
                part.after = order.of(found.items[-1]) if found.items else part.after
        filled = [part for part in ranges if part.waiting]
        if not filled:
            break
        pick = min if order.forward else max
        first = pick(filled, key=lambda part: order.of(part.waiting[0]))
        item = first.waiting.pop(0)
        if not items or order.of(items[-1]) != order.of(item):
            items.append(item)
    rest = any(part.more or part.waiting for part in ranges)
    return Merged(items, order.of(items[-1]) if rest and items else None)
