"""Bundles from the bucket, each fetched and tried once; the few that were asked for last stay at hand."""

import os
from collections import OrderedDict
from contextlib import ExitStack, suppress
from typing import Any

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.inference.model import Model
from edge_ml.serving.bundle_store import Store, StoredBundle

MOST_MODELS = 4
MOST_BYTES = 300_000_000


class Shelf:
    """What one worker holds of the bucket. A refusal stands until one of the bundle's files changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bundles: OrderedDict[StoredBundle, ModelBundle] = OrderedDict()
        self._models: dict[StoredBundle, Model] = {}
        self._refused: dict[StoredBundle, str] = {}
        self._described: dict[StoredBundle, dict[str, Any]] = {}

    def model(self, stored: StoredBundle) -> Model:
        """Its model; raises BundleError or StoreError."""
        bundle = self._tried(stored)
        if stored not in self._models:
            self._models[stored] = Model(bundle)
        return self._models[stored]

    def described(self, stored: StoredBundle, *, may_try: bool) -> dict[str, Any]:
        """What a caller may want to know, `ready`; or that it is `unusable`, or `untried` by this worker."""
        if may_try and stored not in self._described:
            with suppress(BundleError):
                self._tried(stored)
        if stored in self._refused:
            return stored.identity._asdict() | unusable(self._refused[stored])
        return self._described.get(stored) or stored.identity._asdict() | {"status": "untried"}

    def _tried(self, stored: StoredBundle) -> ModelBundle:
        if stored in self._refused:
            raise BundleError(self._refused[stored])
        if stored not in self._bundles:
            self._make_room(stored.size)
            self._bundles[stored] = bundle = self._fetched(stored)
            self._described[stored] = bundle.describe() | {"status": "ready"}
        self._bundles.move_to_end(stored)
        return self._bundles[stored]

    def _fetched(self, stored: StoredBundle) -> ModelBundle:
        import tempfile  # with what it brings along it would cost the start of those who keep no bundles

        with ExitStack() as unless_kept:
            scratch = tempfile.mkdtemp(prefix="bundle-")
            unless_kept.callback(_remove, scratch)
            try:
                bundle = _judged(stored, self._store, os.path.join(scratch, str(stored.identity)))
            except BundleError as error:
                self._refused[stored] = str(error)
                raise
            unless_kept.pop_all()
        return bundle

    def _make_room(self, size: int) -> None:
        while self._bundles and (len(self._bundles) >= MOST_MODELS or self._held() + size > MOST_BYTES):
            stored, bundle = self._bundles.popitem(last=False)
            self._models.pop(stored, None)
            _remove(os.path.dirname(bundle.folder))

    def _held(self) -> int:
        return sum(stored.size for stored in self._bundles)


def _remove(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def unusable(why: str) -> dict[str, Any]:
    """What the list of models says of a bundle that cannot be used."""
    return {"status": "unusable", "error": {"code": "unusable_model", "detail": why}}


def _judged(stored: StoredBundle, store: Store, folder: str) -> ModelBundle:
    """The bundle, fetched into the folder and found to work; raises BundleError or StoreError."""
    from edge_ml.serving.trial.confinement import TrialError  # here: a start has no use for subprocess
    from edge_ml.serving.trial.trial_run import try_run

    if stored.fault:
        raise BundleError(stored.fault)
    store.fetch(stored, folder)
    bundle = ModelBundle.load(folder)
    if (bundle.name, bundle.version) != stored.identity:
        raise BundleError(f"{stored.identity}: model.json says that it is {bundle.name}@{bundle.version}.")
    try:
        try_run(folder)
    except TrialError as error:
        told = error.detail.removeprefix(f"{bundle.name}: ")
        raise BundleError(f"{stored.identity}: {told}") from error
    return bundle
