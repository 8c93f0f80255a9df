"""The fixed split of names into train, validation and test."""

import hashlib
from collections.abc import Iterable

TEST_SHARE = 0.12
VALIDATION_SHARE = 0.06


def split_names(names: Iterable[str], test: float = TEST_SHARE, validation: float = VALIDATION_SHARE) -> dict[str, str]:
    """Return the split of each name, "test", "validation" or "train", by the order of the names' SHA-256.

    The split depends on nothing but the names: a rerun on the same photographs holds out the same ones.
    """
    ordered = sorted(set(names), key=_digest)
    tests, validations = round(len(ordered) * test), round(len(ordered) * validation)
    splits = ["test"] * tests + ["validation"] * validations
    return dict(zip(ordered, splits + ["train"] * (len(ordered) - len(splits)), strict=True))


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
