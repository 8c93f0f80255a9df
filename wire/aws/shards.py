"""Shards: the partitions over which the rows of one owner, or of one webhook, are spread.

DynamoDB writes 1,000 units a second to a partition, and splits none in whose order all new rows come last. The setting
`shards` is the number of partitions, in the environment as SHARDS; without it there is one, whose key is as if there
were no shards. A row's shard follows from the last hex digit of its name, which is random. As each number of shards
divides the next, the partitions of fewer shards are among those of more: after `shards` was raised, lists still read
every row, and a row that was stored before is in one of its few earlier places.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
"""

import os
from string import hexdigits

COUNTS = (1, 4, 16)
"""The numbers of shards that a deployment may have."""


def partition(base: str, name: str) -> str:
    """Return the partition in which new rows of this name are; `base` is that of the first shard, and begins all."""
    return _partition(base, _digit(name) % _count())


def partitions(base: str) -> list[str]:
    """Return all partitions in which rows may be."""
    return [_partition(base, shard) for shard in range(_count())]


def places(base: str, name: str) -> list[str]:
    """Return the partitions in which a row of this name may be, the one of new rows first."""
    counts = [count for count in reversed(COUNTS) if count <= _count()]
    return list(dict.fromkeys(_partition(base, _digit(name) % count) for count in counts))


def _count() -> int:
    return int(os.environ.get("SHARDS", "1"))


def _digit(name: str) -> int:
    return int(name[-1], 16) if name[-1:] in hexdigits and name else 0


def _partition(base: str, shard: int) -> str:
    return f"{base}/{shard}" if shard else base
