"""A classifier to train: its labels, the photographs of each, and the recipe."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from edge_ml.training.classification.recipe import Recipe
from edge_ml.training.data.photographs import Photo

TEACHER = "models/mobilenetv2_imagenet1000_nchw_logits_dynbatch.onnx"
"""The teacher's file, in the data folder."""


@dataclass(frozen=True)
class Task:
    """A classifier to train; `classes` are the teacher's classes that make up each label.

    `headline` names the origins whose test photographs make the bundle's accuracy; the others are reported apart.
    """

    name: str
    version: str
    labels: tuple[str, ...]
    classes: Sequence[Sequence[int]]
    photos: Sequence[Photo]
    headline: frozenset[str]
    recipe: Recipe

    def without(self, origins: Collection[str]) -> "Task":
        """Return the task with the photographs of these origins used for testing only."""
        kept = [photo for photo in self.photos if photo.split == "test" or photo.origin not in origins]
        return replace(self, photos=kept)
