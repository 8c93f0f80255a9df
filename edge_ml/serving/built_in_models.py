"""The models that are part of the function's code: every subfolder with a model.json is a bundle."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.bundles.model_reference import ModelIdentity
from edge_ml.inference.model import Model
from edge_ml.serving.model_status import unusable

if TYPE_CHECKING:
    from edge_ml.protocol import ModelDescription


class BuiltInModels:
    """Built-in models are trusted and need no trial run; each is loaded at its first use. Broken ones are skipped."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._bundles: dict[ModelIdentity, ModelBundle] = {}
        self._errors: dict[str, str] = {}
        self._models: dict[ModelIdentity, Model] = {}
        for path in sorted(entry.path for entry in os.scandir(folder) if _is_bundle(entry)):
            try:
                self._add(ModelBundle.load(path))
            except BundleError as error:
                self._errors[os.path.basename(path)] = str(error)

    def __contains__(self, identity: ModelIdentity) -> bool:
        return identity in self._bundles

    def __iter__(self) -> Iterator[ModelIdentity]:
        return iter(self._bundles)

    def model(self, identity: ModelIdentity) -> Model:
        """Return the loaded model; raises BundleError."""
        if identity not in self._models:
            self._models[identity] = Model(self._bundles[identity])
        return self._models[identity]

    def raise_if_broken(self, name: str) -> None:
        """Raise BundleError where the folder of that name holds an unusable bundle."""
        if name in self._errors:
            raise BundleError(self._errors[name])

    def describe(self) -> "Iterator[ModelDescription]":
        """Yield a description of every bundle."""
        for bundle in self._bundles.values():
            yield bundle.describe()
        for name, reason in self._errors.items():
            yield unusable(ModelIdentity(name, ""), reason)

    def _add(self, bundle: ModelBundle) -> None:
        identity = ModelIdentity(bundle.name, bundle.version)
        if identity in self._bundles:
            raise BundleError(f"{os.path.basename(bundle.folder)}: another folder holds {identity} too.")
        self._bundles[identity] = bundle


def _is_bundle(folder: os.DirEntry[str]) -> bool:
    return os.path.isfile(os.path.join(folder, "model.json"))
