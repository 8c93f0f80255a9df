"""The fixed split."""

import hashlib

from edge_ml.training.data.splits import split_names

NAMES = [f"photo{number:03}" for number in range(100)]


def test_the_split_is_the_same_whatever_the_order_of_the_names() -> None:
    assert split_names(NAMES) == split_names(NAMES[::-1])


def test_the_split_does_not_change_between_releases() -> None:
    held = sorted(name for name, split in split_names(NAMES).items() if split == "validation")
    assert hashlib.sha256(" ".join(held).encode()).hexdigest()[:12] == "a789eacf6ea6"


def test_the_split_holds_out_an_eighth_to_test_and_half_of_that_to_validate() -> None:
    splits = list(split_names(NAMES).values())
    assert [splits.count(split) for split in ("test", "validation", "train")] == [12, 6, 82]
