"""The Models a worker can answer with: those built in, and those in the bucket, versions side by side."""

import os
import time
from collections.abc import Mapping
from typing import Any

from edge_ml.bundles.model_reference import Identity, Reference
from edge_ml.inference.model import Model
from edge_ml.serving.built_in_models import BuiltIn
from edge_ml.serving.bundle_cache import Shelf, unusable
from edge_ml.serving.bundle_store import MISSED_SECONDS, PREFIX, Store, StoredBundle, StoreError

TRYING_SECONDS = 6
"""How long `describe` goes on trying bundles that this worker does not know yet."""


class UnknownModelError(LookupError):
    """There is no bundle of that name; the text says which there are."""


class Models:
    """The default one is built in and loaded at once, so that a broken one fails the start."""

    def __init__(self, folder: str | os.PathLike[str], default: str, store: Store) -> None:
        self._built_in, self._store, self._shelf = BuiltIn(folder), store, Shelf(store)
        newest = Reference.parse(default).newest(self._built_in)
        if newest is None:
            self._built_in.refuse_if_broken(default)
            raise _unknown(default, self._built_in)
        self._default = newest
        self.named(None)

    def named(self, asked: str | None) -> Model:
        """The model meant, or the default one; raises UnknownModelError, BundleError or StoreError.

        The bucket is looked into only for what may be there: not for the default, nor for a version that is built in.
        """
        reference = Reference.parse(asked) if asked else Reference(*self._default)
        own = reference.newest(self._built_in)
        if own and reference.version:
            return self._built_in.model(own)
        stored = self._stored(or_none=bool(own))
        if not own and not reference.newest(stored):
            stored = self._store.bundles(seconds=MISSED_SECONDS)
        meant = reference.newest([*self._built_in, *stored])
        if meant is None:
            raise _unknown(reference, [*self._built_in, *stored])
        return self._built_in.model(meant) if meant in self._built_in else self._shelf.model(stored[meant])

    def describe(self) -> list[dict[str, Any]]:
        """Every model, the default first, then by name, the newest version first; broken ones with what is wrong."""
        deadline = time.monotonic() + TRYING_SECONDS
        own = [told | {"origin": "built-in"} for told in self._built_in.describe()]
        stored = [
            self._told(bundle, may_try=time.monotonic() < deadline) | {"origin": "bucket"}
            for bundle in self._stored(or_none=True).values()
        ]
        lost = [_lost(key) | {"origin": "bucket"} for key in self._store.misplaced]
        return sorted(own + stored + lost, key=self._rank)

    def _told(self, bundle: StoredBundle, *, may_try: bool) -> dict[str, Any]:
        if bundle.identity in self._built_in:
            why = f"{bundle.identity} is built in, and that one answers; give this one another version."
            return bundle.identity._asdict() | unusable(why)
        try:
            return self._shelf.described(bundle, may_try=may_try)
        except StoreError:
            return bundle.identity._asdict() | {"status": "untried"}

    def _stored(self, *, or_none: bool) -> Mapping[Identity, StoredBundle]:
        """The bucket's bundles; where it cannot be read and `or_none`, as if it held none."""
        try:
            return self._store.bundles()
        except StoreError:
            if or_none:
                return {}
            raise

    def _rank(self, told: Mapping[str, Any]) -> tuple[Any, ...]:
        identity = Identity(told["name"], told["version"])
        return identity != self._default, identity.name, [-number for number in identity.age], told["origin"]


def _lost(key: str) -> dict[str, Any]:
    name = key.removeprefix(PREFIX).rpartition("/")[0]
    return {"name": name, "version": ""} | unusable(f"{key} lies under no {PREFIX}<name>/<version>/.")


def _unknown(asked: object, known: Any) -> UnknownModelError:
    names = ", ".join(sorted({identity.name for identity in known})) or "none"
    return UnknownModelError(f"There is no model {str(asked)!r}; there are {names}.")
