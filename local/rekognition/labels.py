"""Labels in the form of DetectLabels, found by three bundled models.

`animals` says which animal a picture shows, `livestock` where it is, `potato-leaf` whether the picture shows a leaf. A
picture of anything else has no labels.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import edge_ml
from edge_ml.inference.model import Model
from edge_ml.protocol import Detection
from edge_ml.serving.built_in_models import BuiltInModels
from edge_ml.serving.recognize import recognize_image

_FOLDER = Path(edge_ml.__file__).with_name("models")
_PLACED = ("Cat", "Dog", "Horse", "Bird", "Animal")
"""The labels that may get the place of the animal, the most exact first."""
_PLACED_FROM = 0.5
"""The probability from which a label gets it."""


class Concept(NamedTuple):
    """A label of Rekognition's: all labels that it is a kind of, in the order of the alphabet, and its category."""

    parents: tuple[str, ...]
    category: str


_ANIMALS, _PLANTS = "Animals and Pets", "Plants and Flowers"
CONCEPTS = {
    "Animal": Concept((), _ANIMALS),
    "Bird": Concept(("Animal",), _ANIMALS),
    "Canine": Concept(("Animal", "Mammal"), _ANIMALS),
    "Cat": Concept(("Animal", "Mammal", "Pet"), _ANIMALS),
    "Dog": Concept(("Animal", "Canine", "Mammal", "Pet"), _ANIMALS),
    "Horse": Concept(("Animal", "Mammal"), _ANIMALS),
    "Leaf": Concept(("Plant",), _PLANTS),
    "Mammal": Concept(("Animal",), _ANIMALS),
    "Pet": Concept(("Animal",), _ANIMALS),
    "Plant": Concept((), _PLANTS),
}
"""https://docs.aws.amazon.com/rekognition/latest/dg/labels.html"""

_NAMES = {
    "cat": "Cat", "dog": "Dog", "horse": "Horse", "bird": "Bird",
    "healthy": "Leaf", "early_blight": "Leaf", "late_blight": "Leaf",
}  # fmt: skip
"""Rekognition's name for each label of the models; the other labels say that there is nothing to name."""

Label = dict[str, Any]


class Labeler:
    """The bundled models, loaded at the first picture."""

    def labels(self, picture: bytes) -> list[Label]:
        """Return the labels on an image file, best and most exact first, in percent; raises ImageError."""
        probabilities = self._probabilities(picture)
        place = self._place(picture, probabilities)
        named = sorted(probabilities, key=lambda name: (-probabilities[name], -len(CONCEPTS[name].parents), name))
        return [_label(name, probabilities[name], place.get(name)) for name in named]

    def _probabilities(self, picture: bytes) -> dict[str, float]:
        """Return the probability of every label on the picture; a parent's is the sum of its children's."""
        probabilities: dict[str, float] = {}
        for name, probability in self._found(picture):
            for concept in (name, *CONCEPTS[name].parents):
                probabilities[concept] = min(probabilities.get(concept, 0) + probability, 1)
        return probabilities

    def _found(self, picture: bytes) -> Iterator[tuple[str, float]]:
        for model in ("animals", "potato-leaf"):
            for detection in recognize_image(self._models[model], picture)["detections"]:
                if name := _NAMES.get(detection["label"]):
                    yield name, detection["confidence"]

    def _place(self, picture: bytes, probabilities: Mapping[str, float]) -> dict[str, Detection]:
        """Return the place of the animal by the label that gets it; none where no animal is probable."""
        placed = next((name for name in _PLACED if probabilities.get(name, 0) >= _PLACED_FROM), None)
        areas = recognize_image(self._models["livestock"], picture)["detections"] if placed else []
        return {placed: areas[0]} if placed and areas else {}

    @cached_property
    def _models(self) -> Mapping[str, Model]:
        built_in = BuiltInModels(_FOLDER)
        return {identity.name: built_in.model(identity) for identity in built_in}


def _label(name: str, probability: float, place: Detection | None) -> Label:
    concept = CONCEPTS[name]
    return {
        "Name": name,
        "Confidence": 100 * probability,
        "Instances": [_instance(place)] if place else [],
        "Parents": [{"Name": parent} for parent in concept.parents],
        "Aliases": [],
        "Categories": [{"Name": concept.category}],
    }


def _instance(place: Detection) -> dict[str, object]:
    sides = {side.title(): fraction for side, fraction in place["box"].items()}
    return {"BoundingBox": sides, "Confidence": 100 * place["confidence"]}
