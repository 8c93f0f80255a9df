"""The model registry: the built-in models and those in the bucket, several versions side by side."""

import os
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from edge_ml.bundles.model_reference import ModelIdentity, ModelReference
from edge_ml.inference.model import Model
from edge_ml.serving.built_in_models import BuiltInModels
from edge_ml.serving.bundle_cache import BundleCache
from edge_ml.serving.bundle_store import LIST_MAX_AGE, MISS_MAX_AGE, PREFIX, BundleStore, StoredBundle, StoreError
from edge_ml.serving.model_status import untried, unusable

if TYPE_CHECKING:
    from edge_ml.protocol import ModelDescription

TRIAL_SECONDS = 6
"""The time during which `describe` starts trial runs of bundles that this worker has not tried yet."""


class UnknownModelError(LookupError):
    """There is no bundle of that name; the text lists the names of all models."""


class ModelRegistry:
    """Resolves references to models. The default model is built in and loaded at once: a broken one fails the start."""

    def __init__(self, folder: str | os.PathLike[str], default: str, store: BundleStore) -> None:
        self._built_in, self._store, self._cache = BuiltInModels(folder), store, BundleCache(store)
        newest = ModelReference.parse(default).newest(self._built_in)
        if newest is None:
            self._built_in.raise_if_broken(default)
            raise _unknown(default, self._built_in)
        self._default = newest
        self.get(None)

    def get(self, text: str | None) -> Model:
        """Return the model of a reference, or the default; raises UnknownModelError, BundleError or StoreError.

        The bucket is read only for models that may be there: not for the default, nor for a version that is built in.
        """
        reference = ModelReference.parse(text) if text else ModelReference(*self._default)
        built_in = reference.newest(self._built_in)
        if built_in and reference.version:
            return self._built_in.model(built_in)
        stored = self._stored(empty_on_error=bool(built_in))
        if not built_in and not reference.newest(stored):
            stored = self._store.bundles(max_age=MISS_MAX_AGE)
        identity = reference.newest([*self._built_in, *stored])
        if identity is None:
            raise _unknown(reference, [*self._built_in, *stored])
        return self._built_in.model(identity) if identity in self._built_in else self._cache.model(stored[identity])

    def describe(self) -> "list[ModelDescription]":
        """Return all models: the default first, then by name, the newest version first; broken ones with the reason.

        A request for a model is checked against this list, so it is as fresh as one of an unknown name.
        """
        deadline = time.monotonic() + TRIAL_SECONDS
        built_in = list(self._built_in.describe())
        for description in built_in:
            description["origin"] = "built-in"
        in_bucket = [
            self._describe(bundle, may_try=time.monotonic() < deadline)
            for bundle in self._stored(empty_on_error=True, max_age=MISS_MAX_AGE).values()
        ]
        in_bucket += [_misplaced(key) for key in self._store.misplaced]
        for description in in_bucket:
            description["origin"] = "bucket"
        return sorted(built_in + in_bucket, key=self._sort_key)

    def _describe(self, bundle: StoredBundle, *, may_try: bool) -> "ModelDescription":
        if bundle.identity in self._built_in:
            return unusable(bundle.identity, f"{bundle.identity} is built in, and the built-in one is used; "
                                             "give this one another version.")  # fmt: skip
        try:
            return self._cache.describe(bundle, may_try=may_try)
        except StoreError:
            return untried(bundle.identity)

    def _stored(self, *, empty_on_error: bool, max_age: int = LIST_MAX_AGE) -> Mapping[ModelIdentity, StoredBundle]:
        """Return the bucket's bundles; with `empty_on_error`, return none where it cannot be read."""
        try:
            return self._store.bundles(max_age=max_age)
        except StoreError:
            if empty_on_error:
                return {}
            raise

    def _sort_key(self, description: "ModelDescription") -> tuple[bool, str, list[int], str]:
        identity = ModelIdentity(description["name"], description["version"])
        newest_first = [-number for number in identity.version_numbers]
        return identity != self._default, identity.name, newest_first, description["origin"]


def _misplaced(key: str) -> "ModelDescription":
    name = key.removeprefix(PREFIX).rpartition("/")[0]
    return unusable(ModelIdentity(name, ""), f"{key} is not under {PREFIX}<name>/<version>/.")


def _unknown(reference: object, known: Iterable[ModelIdentity]) -> UnknownModelError:
    names = ", ".join(sorted({identity.name for identity in known})) or "none"
    return UnknownModelError(f"There is no model {str(reference)!r}; there are {names}.")
