"""The bundles that came with the function's code: every folder with a model.json."""

import os
from collections.abc import Iterator
from typing import Any

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.bundles.model_reference import Identity
from edge_ml.inference.model import Model
from edge_ml.serving.bundle_cache import unusable


class BuiltIn:
    """They are trusted, so they are not tried; each is loaded when first asked for. A broken one stands aside."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._bundles: dict[Identity, ModelBundle] = {}
        self._broken: dict[str, str] = {}
        self._models: dict[Identity, Model] = {}
        for path in sorted(each.path for each in os.scandir(folder) if _holds_a_model(each)):
            try:
                self._put(ModelBundle.load(path))
            except BundleError as error:
                self._broken[os.path.basename(path)] = str(error)

    def __contains__(self, identity: Identity) -> bool:
        return identity in self._bundles

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._bundles)

    def model(self, identity: Identity) -> Model:
        """The model; raises BundleError."""
        if identity not in self._models:
            self._models[identity] = Model(self._bundles[identity])
        return self._models[identity]

    def refuse_if_broken(self, name: str) -> None:
        """Raise BundleError where the folder of that name holds a bundle that cannot be used."""
        if name in self._broken:
            raise BundleError(self._broken[name])

    def describe(self) -> Iterator[dict[str, Any]]:
        """Every bundle."""
        for bundle in self._bundles.values():
            yield bundle.describe() | {"status": "ready"}
        for name, why in self._broken.items():
            yield {"name": name, "version": ""} | unusable(why)

    def _put(self, bundle: ModelBundle) -> None:
        identity = Identity(bundle.name, bundle.version)
        if identity in self._bundles:
            raise BundleError(f"{os.path.basename(bundle.folder)}: another folder holds {identity} too.")
        self._bundles[identity] = bundle


def _holds_a_model(folder: os.DirEntry[str]) -> bool:
    return os.path.isfile(os.path.join(folder, "model.json"))
