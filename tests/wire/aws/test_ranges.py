"""Lists over several partitions: the same pages as of one, and few rows read in vain."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.aws.ranges import Order, Rows, merged
from wire.aws.rows import Item

IDS = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 999)), unique_by=lambda pair: pair[1], max_size=60)


class Table:
    """Partitions of ids, which count the rows that are read."""

    def __init__(self, placed: Sequence[tuple[int, str]], *, forward: bool = False) -> None:
        self.order, self.count = Order("id", forward), 0
        self.rows = {f"p{shard}": self._sorted(name for place, name in placed if place == shard) for shard in range(16)}

    def _sorted(self, names: object) -> list[str]:
        return sorted(names, reverse=not self.order.forward)  # type: ignore[call-overload,no-any-return]

    def read(self, partition: str, after: str | None, limit: int) -> Rows:
        """Read as a query does."""
        names = self.rows[partition]
        later = [name for name in names if after is None or ((name > after) == self.order.forward and name != after)]
        self.count += len(later[:limit])
        items: list[Item] = [{"id": {"S": name}} for name in later[:limit]]
        return Rows(items, len(later) > limit)

    def list(self, limit: int) -> list[str]:
        """Return all ids, read by pages."""
        found: list[str] = []
        after: str | None = None
        while True:
            items, after = merged(self.read, sorted(self.rows), self.order, limit, after)
            assert len(items) <= limit
            found += [item["id"]["S"] for item in items]
            if after is None:
                return found
            assert items


@given(placed=IDS, limit=st.integers(1, 20), forward=st.booleans())
def test_pages_of_several_partitions_are_those_of_one(placed: list[tuple[int, int]], limit: int, forward: bool) -> None:
    rows = [(place, f"{number:03}") for place, number in placed]
    table = Table(rows, forward=forward)
    assert table.list(limit) == sorted((name for _, name in rows), reverse=not forward)


@given(names=st.sets(st.integers(0, 99), max_size=30), limit=st.integers(1, 9))
def test_a_row_in_two_partitions_is_listed_once(names: set[int], limit: int) -> None:
    rows = [(place, f"{number:02}") for number in names for place in (0, 3)]
    assert Table(rows).list(limit) == sorted({name for _, name in rows}, reverse=True)


@pytest.mark.parametrize(("shards", "most"), [(1, 1.0), (4, 1.1)])
def test_few_rows_are_read_in_vain(shards: int, most: float) -> None:
    chance = random.Random(0)
    table = Table([(chance.randrange(shards), f"{number:06}") for number in range(20_000)])
    table.rows = {name: rows for name, rows in table.rows.items() if rows}
    assert len(table.list(100)) == 20_000
    assert table.count / 20_000 <= most
