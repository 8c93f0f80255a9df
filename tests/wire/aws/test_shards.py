"""Shards: nothing is seen of one, and what was stored under fewer shards is found under more."""

from collections import Counter
from itertools import pairwise

import pytest

from domain.clock import now
from domain.image import new_image_id
from wire.aws.shards import COUNTS, partition, partitions, places


@pytest.fixture(params=COUNTS)
def shards(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("SHARDS", str(request.param))
    return int(request.param)


def test_one_shard_has_the_key_that_there_is_without_shards() -> None:
    assert (partition("ann", "img_f"), partitions("ann"), places("ann", "img_f")) == ("ann", ["ann"], ["ann"])


def test_new_images_are_spread_evenly(shards: int) -> None:
    counted = Counter(partition("ann", new_image_id(now())) for _ in range(400 * shards))
    assert counted.keys() == set(partitions("ann"))
    assert min(counted.values()) > 250


@pytest.mark.parametrize(("before", "after"), list(pairwise(COUNTS)))
def test_rows_of_fewer_shards_are_found_under_more(monkeypatch: pytest.MonkeyPatch, before: int, after: int) -> None:
    names = [f"img_{digit}" for digit in "0123456789abcdef"]
    monkeypatch.setenv("SHARDS", str(before))
    stored = {name: partition("ann", name) for name in names}
    monkeypatch.setenv("SHARDS", str(after))
    assert all(stored[name] in places("ann", name) for name in names)
    assert all(partition("ann", name) == places("ann", name)[0] for name in names)
    assert set(stored.values()) <= set(partitions("ann"))


@pytest.mark.parametrize("name", ["", "dlv_-", "dlv_z"])
def test_a_name_without_a_digit_is_in_the_first_shard(shards: int, name: str) -> None:
    assert partition("ann", name) == "ann"
