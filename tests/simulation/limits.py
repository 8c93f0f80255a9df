"""The limits of the services as token buckets. Refusals are counted by the name of the limit."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Self
from zlib import crc32

from sightline.pricing.batching.engine import Engine

PARTITION_WRITES, PARTITION_READS = 1000.0, 3000.0
"""Units a second of a partition: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""
BURST_SECONDS = 300.0
"""Unused capacity that a partition keeps: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html"""
SPLIT_SECONDS = 300.0
"""After so long a hot partition is assumed to be split between its keys; AWS names no time."""
PREFIX_PUTS = 3500.0
"""PUTs a second of a prefix: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html"""


@dataclass
class Refusals:
    """Refused requests by the name of the limit, and the first of them: its time in seconds, and its limit."""

    counts: Counter[str] = field(default_factory=Counter)
    first: tuple[float, str] | None = None

    def add(self, now: float, name: str) -> None:
        """Count a refusal."""
        self.counts[name] += 1
        self.first = self.first or (now, name)


class Bucket:
    """A token bucket: `rate` tokens a second, of which it keeps `depth`, and `saved` at the time `at`."""

    __slots__ = ("_at", "_depth", "_rate", "_saved")

    def __init__(self, rate: float, depth: float, saved: float, at: float = 0.0) -> None:
        self._rate, self._depth, self._saved, self._at = rate, depth, saved, at

    @classmethod
    def steady(cls, rate: float, at: float = 0.0) -> Self:
        """Return a bucket that keeps a second's tokens, of which a tenth is left: the middle of a steady load."""
        return cls(rate, rate, rate / 10, at)

    def take(self, now: float, tokens: float = 1.0) -> bool:
        """Take tokens if there are so many; return whether there were."""
        self._saved = min(self._depth, self._saved + (now - self._at) * self._rate)
        self._at = now
        if self._saved < tokens:
            return False
        self._saved -= tokens
        return True


class Limit:
    """A bucket with a name: of an API's stage, a topic, the calls of Rekognition."""

    def __init__(self, engine: Engine, refusals: Refusals, name: str, bucket: Bucket) -> None:
        self._engine, self._refusals, self._name, self._bucket = engine, refusals, name, bucket

    def take(self, tokens: float = 1.0) -> bool:
        """Take tokens; count a refusal if there are not so many."""
        if self._bucket.take(self._engine.now, tokens):
            return True
        self._refusals.add(self._engine.now, self._name)
        return False


class Keyed:
    """Limits of the same name by key: the prefixes of a bucket, or the partitions of a table.

    While `warm` is False, `partitions` buckets share all keys by their hash, each with all of its burst, until they are
    split between their keys. Warm ones are split already, and have used up their burst: the worst steady state.
    """

    def __init__(self, engine: Engine, refusals: Refusals, name: str, rate: float, partitions: int) -> None:
        self._engine, self._refusals, self.name, self._rate = engine, refusals, name, rate
        self._partitions, self.warm, self.burst = partitions, False, 1.0
        self._buckets: dict[Hashable, Bucket] = {}

    def take(self, key: str, tokens: float = 1.0) -> bool:
        """Take tokens of the partition that holds the key; count a refusal if there are not so many."""
        now = self._engine.now
        split = self.warm or now > SPLIT_SECONDS
        place: Hashable = key if split else crc32(key.encode()) % self._partitions
        bucket = self._buckets.get(place)
        if bucket is None:
            burst = self._rate * self.burst
            bucket = Bucket.steady(self._rate, now) if split else Bucket(self._rate, burst, burst)
            self._buckets[place] = bucket
        if bucket.take(now, tokens):
            return True
        self._refusals.add(now, self.name)
        return False


class Table:
    """A table on demand: what all of it may write a second, and what each of its partitions may."""

    def __init__(self, engine: Engine, refusals: Refusals, name: str, capacity: float, *, warm: bool) -> None:
        self._all = Limit(engine, refusals, f"{name}: the table", Bucket.steady(capacity))
        partitions = max(1, round(capacity / PARTITION_WRITES))
        self._writes = Keyed(engine, refusals, f"{name}: a key's writes", PARTITION_WRITES, partitions)
        self._reads = Keyed(engine, refusals, f"{name}: a key's reads", PARTITION_READS, partitions)
        for keyed in (self._writes, self._reads):
            keyed.warm, keyed.burst = warm, BURST_SECONDS

    def write(self, key: str, units: float) -> bool:
        """Write a row of so many units under a partition key; return whether the table has accepted it."""
        return self._all.take(units) and self._writes.take(key, units)

    def read(self, key: str, units: float) -> bool:
        """Read rows of so many units; return whether the table has accepted it."""
        return self._reads.take(key, units)
