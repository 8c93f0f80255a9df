"""The fixed split of names into train, validation and test."""

import hashlib
from collections.abc import Iterable

TEST_SHARE = 0.12
VALIDATION_SHARE = 0.06


def split_names(names: Iterable[str], test: float = TEST_SHARE, validation: float = VALIDATION_SHARE) -> dict[str, str]:
    """Assign each name to "test", "validation" or "train" by the order of its SHA-256.

    Depends on nothing but the names, so a rerun on the same photographs holds out the same ones.
    """
    ordered = sorted(set(names), key=_digest)
    tests, validations = round(len(ordered) * test), round(len(ordered) * validation)
    parts = ["test"] * tests + ["validation"] * validations
    return dict(zip(ordered, parts + ["train"] * (len(ordered) - len(parts)), strict=True))


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
