"""The Classifiers of a folder of bundles, each loaded when first asked for and kept."""

import os
from typing import Any

from edge_ml.bundle import BundleError, ModelBundle
from edge_ml.model import Model


class UnknownModelError(LookupError):
    """There is no bundle of that name; the text says which there are."""


class Classifiers:
    """The models of one worker; the default one is loaded at once, so that a broken one fails the start."""

    def __init__(self, folder: str | os.PathLike[str], default: str) -> None:
        self._bundles = {path.name: _bundle(path) for path in list(os.scandir(folder)) if _holds_a_model(path)}
        self._loaded: dict[str, Model] = {}
        self._default = default
        self.named(None)

    def named(self, name: str | None) -> Model:
        """The model of that name, or the default one; raises UnknownModelError or BundleError."""
        wanted = name or self._default
        if wanted not in self._bundles:
            raise UnknownModelError(
                f"There is no model {wanted!r}; there are {', '.join(sorted(self._bundles)) or 'none'}."
            )
        if wanted not in self._loaded:
            self._loaded[wanted] = Model(self._bundles[wanted])
        return self._loaded[wanted]

    def describe(self) -> list[dict[str, Any]]:
        """Every model, the default first."""
        bundles = sorted(self._bundles.values(), key=lambda bundle: (bundle.name != self._default, bundle.name))
        return [bundle.describe() for bundle in bundles]


def _bundle(folder: os.DirEntry[str]) -> ModelBundle:
    bundle = ModelBundle.load(folder)
    if bundle.name != folder.name:
        raise BundleError(f"{folder.name}: the name in model.json, {bundle.name!r}, is not the folder's.")
    return bundle


def _holds_a_model(folder: os.DirEntry[str]) -> bool:
    return os.path.isfile(os.path.join(folder, "model.json"))
