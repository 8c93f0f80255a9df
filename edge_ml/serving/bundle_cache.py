"""The cache of bundles from the bucket: each is fetched and tried once, and the most recently used stay loaded."""

import os
from collections import OrderedDict
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.inference.model import Model
from edge_ml.inference.session import RUN_SECONDS
from edge_ml.serving.bundle_store import BundleStore, StoredBundle
from edge_ml.serving.model_status import untried, unusable

if TYPE_CHECKING:
    from edge_ml.protocol import ModelDescription

MAX_MODELS = 4
MAX_BYTES = 300_000_000


class BundleCache:
    """The bundles that one worker holds. A refusal lasts until one of the bundle's files changes."""

    def __init__(self, store: BundleStore) -> None:
        self._store = store
        self._bundles: OrderedDict[StoredBundle, ModelBundle] = OrderedDict()
        self._models: dict[StoredBundle, Model] = {}
        self._refusals: dict[StoredBundle, str] = {}
        self._descriptions: dict[StoredBundle, ModelDescription] = {}

    def model(self, stored: StoredBundle) -> Model:
        """Return the bundle's model; raises BundleError or StoreError."""
        bundle = self._tried_bundle(stored)
        if stored not in self._models:
            self._models[stored] = Model(bundle, limit=RUN_SECONDS)
        return self._models[stored]

    def describe(self, stored: StoredBundle, *, may_try: bool) -> "ModelDescription":
        """Return the bundle's description: `ready`, `unusable`, or `untried` by this worker; raises StoreError."""
        if may_try and stored not in self._descriptions:
            with suppress(BundleError):
                self._tried_bundle(stored)
        if stored in self._refusals:
            return unusable(stored.identity, self._refusals[stored])
        description = self._descriptions.get(stored)
        return description.copy() if description else untried(stored.identity)

    def _tried_bundle(self, stored: StoredBundle) -> ModelBundle:
        if stored in self._refusals:
            raise BundleError(self._refusals[stored])
        if stored not in self._bundles:
            self._make_room(stored.size)
            self._bundles[stored] = bundle = self._fetch_and_try(stored)
            self._descriptions[stored] = bundle.describe()
        self._bundles.move_to_end(stored)
        return self._bundles[stored]

    def _fetch_and_try(self, stored: StoredBundle) -> ModelBundle:
        import tempfile  # imported here: workers without bundles from the bucket start faster

        with ExitStack() as cleanup:
            scratch = tempfile.mkdtemp(prefix="bundle-")
            cleanup.callback(_remove, scratch)
            try:
                bundle = _try_bundle(stored, self._store, os.path.join(scratch, str(stored.identity)))
            except BundleError as error:
                self._refusals[stored] = str(error)
                raise
            cleanup.pop_all()
        return bundle

    def _make_room(self, size: int) -> None:
        """Evict the least recently used bundles until `size` more bytes fit."""
        while self._bundles and (len(self._bundles) >= MAX_MODELS or self._held_bytes() + size > MAX_BYTES):
            stored, bundle = self._bundles.popitem(last=False)
            self._models.pop(stored, None)
            _remove(os.path.dirname(bundle.folder))

    def _held_bytes(self) -> int:
        return sum(stored.size for stored in self._bundles)


def _remove(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _try_bundle(stored: StoredBundle, store: BundleStore, folder: str) -> ModelBundle:
    """Fetch the bundle into the folder, try it and return it; raises BundleError or StoreError."""
    from edge_ml.serving.trial.trial_error import TrialError
    from edge_ml.serving.trial.trial_run import trial_run  # imported here: a start does not need subprocess

    if stored.fault:
        raise BundleError(stored.fault)
    store.fetch(stored, folder)
    bundle = ModelBundle.load(folder)
    if (bundle.name, bundle.version) != stored.identity:
        raise BundleError(f"{stored.identity}: its model.json names {bundle.name}@{bundle.version}.")
    try:
        trial_run(folder)
    except TrialError as error:
        reason = error.detail.removeprefix(f"{bundle.name}: ")
        raise BundleError(f"{stored.identity}: {reason}") from error
    return bundle
